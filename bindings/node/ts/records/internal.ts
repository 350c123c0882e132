// The records with what reads them out of the core's JSON: for this package alone.

export * from './accounts'
export * from './base'
export * from './drafts'
export * from './services'
export * from './style'
export * from './supabase'
