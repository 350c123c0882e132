// Supabase: users and their sessions, files, and what looks after a project.

import { deep, derived, list, shape, time } from '../shape'
import type { Open } from './base'

/** An account elsewhere that is linked to a user: `subject` is its id there, for `x` the Twitter user's. */
export interface AuthIdentity {
  id: string
  provider: string
  subject: string
  data: Record<string, any>
}
/** A user as Auth knows it. What is in `userMetadata` the user wrote: decide nothing by it. */
export interface AuthUser {
  id: string
  email: string | null
  phone: string | null
  emailConfirmedAt: Date | null
  isAnonymous: boolean
  appMetadata: Record<string, any>
  userMetadata: Record<string, any>
  identities: AuthIdentity[]
  createdAt: Date | null
  lastSignInAt: Date | null
}
/** @internal */
export const authUser = shape({ email_confirmed_at: time, created_at: time, last_sign_in_at: time })

/** A session with Supabase: for `Ghostwren.signIn`, which keeps it fresh. */
export interface AuthSession {
  expiresAt: Date
  user: AuthUser
  /** A secret: there when it is read, and neither shown, copied nor written as JSON. */
  readonly accessToken: string
  /** A secret, as `accessToken`. */
  readonly refreshToken: string
}

/** An object without its secrets, which are there when they are read. */
function hiding(names: Record<string, string>, read: (data: any) => any): (data: any) => any {
  return (data) => {
    const shown = { ...data }
    for (const name of Object.keys(names)) delete shown[name]
    const record = read(shown)
    for (const [name, called] of Object.entries(names)) derived(record, called, data[name])
    return record
  }
}
/** @internal */
export const authSession = hiding(
  { access_token: 'accessToken', refresh_token: 'refreshToken' },
  shape({ expires_at: time, user: authUser }),
)

/** The tokens of the other side's own API, such as X's: given once, at the login, and never again. */
export interface ProviderTokens {
  /** A secret: there when it is read, and neither shown, copied nor written as JSON. */
  readonly accessToken: string
  /** A secret, as `accessToken`. */
  readonly refreshToken: string | null
}
/** The end of a login. `provider` is there after a login elsewhere alone. */
export interface SignedIn {
  session: AuthSession
  provider: ProviderTokens | null
}
/** @internal */
export const signedIn = shape({
  session: authSession,
  provider: hiding({ access_token: 'accessToken', refresh_token: 'refreshToken' }, shape()),
})
/** What became of a new user: without a `session` it has been sent a message that it has to follow first. */
export interface SignUp {
  session: AuthSession | null
  user: AuthUser
}
/** @internal */
export const signUp = shape({ session: authSession, user: authUser })

/** A login that was begun: open `url`, which carries `state`, in the browser, and keep the whole until it comes back. */
export interface AuthLogin {
  url: string
  redirectTo: string
  /** A secret: there when it is read, and neither shown, copied nor written as JSON. */
  readonly state: string
  /** A secret, as `state`. */
  readonly verifier: string
}
/** @internal */
export const authLogin = hiding({ state: 'state', verifier: 'verifier' }, shape())

/** What a verified access token says. */
export interface Claims {
  user: string
  role: string
  session: string | null
  aal: string | null
  issuer: string | null
  audience: string[]
  expiresAt: Date
  issuedAt: Date | null
}
/** @internal */
export const claims = shape({ expires_at: time, issued_at: time })
/** A second factor of a user. */
export interface Factor {
  id: string
  kind: string
  verified: boolean
}

/** A file that is kept of an account, named after its content. */
export interface StoredFile {
  name: string
  size: number | null
  createdAt: Date | null
}
/** @internal */
export const storedFile = shape({ created_at: time })
/** An address that lets whoever has it read a file until it ends. */
export interface FileAddress {
  expiresAt: Date
  /** A secret: there when it is read, and neither shown, copied nor written as JSON. */
  readonly url: string
}
/** @internal */
export const fileAddress = hiding({ url: 'url' }, shape({ expires_at: time }))

/** What was written into a table. */
export interface BulkReport {
  written: number
  replaced: number
  requests: number
}

/** One thing of a project that is not as it must be, and what mends it: `sql`, `command` or `setting`. */
export interface DoctorFinding {
  check: string
  severity: Open<'danger' | 'broken' | 'advice'>
  what: string
  remedy: Record<string, any>
}
/** What the doctor found. */
export interface Diagnosis {
  project: string
  schemaVersion: number | null
  checked: string[]
  findings: DoctorFinding[]
  /** What could not be looked at, and why. */
  unchecked: { check: string; because: string }[]
  /** Whether nothing was found. What could not be looked at is not known to be well. */
  isWell: boolean
  /** A page for a person. */
  text: string
}
/** @internal */
export const diagnosis = (data: any): Diagnosis => ({
  ...deep(data.report),
  isWell: data.report.findings.length === 0,
  text: data.text,
})

/** One sealing key, what it is good for and how much is sealed with it. */
export interface KeyAudit {
  id: string
  role: Open<'seals' | 'opens' | 'missing'>
  sealed: number
  oldest: Date | null
  lastUsed: Date | null
}
/** How the keys and the logins of all owners fare. */
export interface AuditReport {
  at: Date
  keys: KeyAudit[]
  credentials: number
  oldest: Date | null
  leastUsed: Date | null
  sealedWithOldKeys: number
  lost: number
  unusedGrants: number
  failedRefreshes: number
  needLogin: number
  attention: Record<string, any>[]
  /** A page for a person. */
  text: string
}
const audit = shape({
  at: time,
  keys: list(shape({ oldest: time, last_used: time })),
  oldest: time,
  least_used: time,
  attention: list(deep),
})
/** @internal */
export const auditReport = (data: any): AuditReport => ({ ...audit(data.report), text: data.text })
