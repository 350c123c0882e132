// The same types by the other door.

import ghostwren = require('ghostwren')

const wren: ghostwren.Ghostwren = new ghostwren.Ghostwren({ store: ':memory:' })
const closed: boolean = wren.closed
const error: ghostwren.GhostwrenError = new ghostwren.errors.NotFoundError('gone', { status: 404 })
void [closed, error]
