// The workflow: `Ghostwren`, `User`, `Account`.

export { Account, type Generating, type Import } from './account'
export { Connect, type LoginEvent } from './connect'
export { Ghostwren, type GhostwrenOptions } from './ghostwren'
export { type SessionLike, User } from './user'
