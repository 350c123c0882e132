import Foundation

/// An account elsewhere that is linked to a user: `subject` is its id there, for `x` the Twitter user's.
public struct AuthIdentity: Codable, Hashable, Sendable {
    public let id: String
    public let provider: String
    public let subject: String
    public let data: JSONValue?
}

/// A user as Auth knows it. What is in `userMetadata` the user wrote: decide nothing by it.
public struct AuthUser: Codable, Hashable, Sendable, Identifiable, CustomStringConvertible {
    public let id: String
    public let email: String?
    public let phone: String?
    public let emailConfirmedAt: Date?
    public let isAnonymous: Bool?
    public let appMetadata: JSONValue?
    public let userMetadata: JSONValue?
    public let identities: [AuthIdentity]?
    public let createdAt: Date?
    public let lastSignInAt: Date?

    public var description: String { "AuthUser(\(id))" }
}

/// A session with Supabase: for `Ghostwren.signIn`, which keeps it fresh. Its tokens are secrets, and not shown.
public struct AuthSession: Codable, Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public let accessToken: String
    public let refreshToken: String
    public let expiresAt: Date
    public let user: AuthUser

    public var description: String { "AuthSession(user: \(user.id))" }

    public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt, "user": user]) }
}

/// The tokens of the other side's own API, such as X's: given once, at the login, and never again. Not shown.
public struct ProviderTokens: Codable, Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public let accessToken: String
    public let refreshToken: String?

    public var description: String { "ProviderTokens(refreshable: \(refreshToken != nil))" }

    public var customMirror: Mirror { Mirror(self, children: ["refreshable": refreshToken != nil]) }
}

/// The end of a login. `provider` is there after a login elsewhere alone.
public struct SignedIn: Codable, Hashable, Sendable {
    public let session: AuthSession
    public let provider: ProviderTokens?
}

/// What became of a new user: without a `session` it has been sent a message that it has to follow first.
public struct SignUp: Codable, Hashable, Sendable {
    public let session: AuthSession?
    public let user: AuthUser
}

/// A login that was begun: open `url` in the browser, and keep the whole, which holds secrets, until it comes back.
public struct AuthLogin: Codable, Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public let url: String
    public let state: String
    public let verifier: String
    public let redirectTo: String

    public var description: String { "AuthLogin(redirectTo: \(redirectTo))" }

    public var customMirror: Mirror { Mirror(self, children: ["redirectTo": redirectTo]) }
}

/// What a verified access token says.
public struct Claims: Codable, Hashable, Sendable {
    public let user: String
    public let role: String
    public let session: String?
    public let aal: String?
    public let issuer: String?
    public let audience: [String]
    public let expiresAt: Date
    public let issuedAt: Date?
}

/// A file that is kept of an account, named after its content.
public struct StoredFile: Codable, Hashable, Sendable {
    public let name: String
    public let size: Int?
    public let createdAt: Date?
}

/// An address that lets whoever has it read a file until it ends: a secret, and not shown.
public struct FileAddress: Codable, Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public let url: String
    public let expiresAt: Date

    public var description: String { "FileAddress(expiresAt: \(expiresAt))" }

    public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}

/// By which a user who is signed in is known.
struct Ticket: Decodable {
    let session: Int
}
