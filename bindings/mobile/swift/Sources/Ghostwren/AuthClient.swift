import Foundation

/// Which sessions a sign-out ends: this one, all others, or all.
public enum SignOutScope: String, Sendable {
    case local
    case others
    case global
}

/// What a code that Auth sent is for.
public enum Otp: String, Sendable {
    case email
    case signup
    case recovery
    case emailChange = "email_change"
    case invite
}

/// The Auth of a project: logging in, sessions and users. A session that it gives is for `Ghostwren.signIn`.
public struct AuthClient: Sendable, CustomStringConvertible {
    let session: Session
    let store: String

    public var description: String { "AuthClient(on \(store))" }

    private func call<Value: Decodable>(_ name: String, _ arguments: Arguments) async throws -> Value {
        try await session.call("auth." + name, arguments)
    }

    private func tell(_ name: String, _ arguments: Arguments) async throws {
        _ = try await session.call("auth." + name, arguments, as: JSONValue.self)
    }

    private func login(
        _ redirectTo: String,
        _ provider: String,
        _ scopes: [String],
        _ params: [String: String]
    ) -> Arguments {
        var named = arguments(["redirect_to": redirectTo, "provider": provider, "scopes": scopes])
        named["params"] = .object(params.mapValues { .string($0) })
        return named
    }

    /// Begins a login elsewhere, with PKCE: open its `url` in a browser. Sends nothing itself.
    public func authorize(
        redirectTo: String,
        provider: String = "x",
        scopes: [String] = [],
        params: [String: String] = [:]
    ) async throws -> AuthLogin {
        try await call("authorize", login(redirectTo, provider, scopes, params))
    }

    /// Ends a login with the address that came back: looks whether it is this login's, and changes its code into a session.
    public func finish(_ login: AuthLogin, callback: String) async throws -> SignedIn {
        var named = arguments(["callback": callback])
        named["login"] = .object(try Wire.plain(login))
        return try await call("finish", named)
    }

    /// Changes the code of a callback into a session, once.
    public func exchange(code: String, verifier: String) async throws -> SignedIn {
        try await call("exchange", arguments(["code": code, "verifier": verifier]))
    }

    /// Looks whether a login would work: whether the provider is on, and the browser would come back.
    public func probe(redirectTo: String, provider: String = "x") async throws {
        try await tell("probe", arguments(["redirect_to": redirectTo, "provider": provider]))
    }

    /// Buys a new pair of tokens; the old refresh token is used up.
    public func refresh(_ refreshToken: String) async throws -> AuthSession {
        try await call("refresh", arguments(["refresh_token": refreshToken]))
    }

    /// Makes a new user with an address and a password.
    public func signUp(email: String, password: String, metadata: JSONValue? = nil) async throws -> SignUp {
        try await call("sign_up", arguments(["email": email, "password": password, "metadata": metadata]))
    }

    /// Logs in with an address and a password.
    public func signInWithPassword(email: String, password: String) async throws -> SignedIn {
        try await call("sign_in_with_password", arguments(["email": email, "password": password]))
    }

    /// Sends a code to log in with; to a new address only where `create` is true.
    public func sendCode(email: String, create: Bool = false) async throws {
        try await tell("send_code", arguments(["email": email, "create": create]))
    }

    /// Sends a code and a link for a forgotten password.
    public func sendRecovery(email: String, redirectTo: String? = nil) async throws {
        try await tell("send_recovery", arguments(["email": email, "redirect_to": redirectTo]))
    }

    /// Sends a message of `signUp` or of a change of address again.
    public func resend(email: String, otp: Otp = .signup) async throws {
        try await tell("resend", arguments(["email": email, "otp": otp.rawValue]))
    }

    /// Logs in with a code that Auth sent.
    public func verifyCode(email: String, code: String, otp: Otp = .email) async throws -> SignedIn {
        try await call("verify_code", arguments(["email": email, "code": code, "otp": otp.rawValue]))
    }

    /// Which ways of logging in the project has, as Auth says it.
    public func settings() async throws -> JSONValue {
        try await call("settings", [:])
    }

    /// What an access token says, verified.
    public func claims(_ token: String) async throws -> Claims {
        try await call("claims", arguments(["token": token]))
    }

    /// The user of an access token, as Auth knows it now.
    public func user(_ token: String) async throws -> AuthUser {
        try await call("user", arguments(["token": token]))
    }

    /// Changes the user; what is not given stays.
    public func updateUser(
        _ token: String,
        email: String? = nil,
        password: String? = nil,
        nonce: String? = nil,
        metadata: JSONValue? = nil
    ) async throws -> AuthUser {
        try await call("update_user", arguments([
            "token": token,
            "email": email,
            "password": password,
            "nonce": nonce,
            "metadata": metadata,
        ]))
    }

    /// Sends the user a code for a change that needs one.
    public func reauthenticate(_ token: String) async throws {
        try await tell("reauthenticate", arguments(["token": token]))
    }

    /// Ends sessions: their refresh tokens are of no use any more, an access token is until it expires.
    public func signOut(_ token: String, scope: SignOutScope = .local) async throws {
        try await tell("sign_out", arguments(["token": token, "scope": scope.rawValue]))
    }

    /// Begins to link an account elsewhere to the user; it ends as a login does.
    public func linkIdentity(
        _ token: String,
        redirectTo: String,
        provider: String = "x",
        scopes: [String] = []
    ) async throws -> AuthLogin {
        var named = login(redirectTo, provider, scopes, [:])
        named["token"] = .string(token)
        return try await call("link_identity", named)
    }

    /// Unlinks an account elsewhere. At least one identity stays.
    public func unlinkIdentity(_ token: String, identity: String) async throws {
        try await tell("unlink_identity", arguments(["token": token, "identity": identity]))
    }
}
