import Foundation
@testable import Ghostwren

// The calls of the vectors on what is no `Ghostwren` and no account: clients by themselves, Auth, and who is signed in.

/// A request with some of its fields given.
func filled<Request: Codable>(_ request: Request, _ given: JSONValue) throws -> Request {
    let fields = try Wire.plain(request).merging(given.fields) { _, given in given }
    return try Wire.read(Request.self, Wire.write(fields))
}

func range(_ args: JSONValue) -> TimelineRange {
    var range = TimelineRange()
    range.sinceId = args["since_id"]?.string
    range.untilId = args["until_id"]?.string
    range.pageSize = args["page_size"]?.int
    return range
}

private func otp(_ args: JSONValue, unless: Otp) -> Otp {
    args["otp"]?.string.flatMap(Otp.init(rawValue:)) ?? unless
}

private func scope(_ args: JSONValue) -> SignOutScope {
    args["scope"]?.string.flatMap(SignOutScope.init(rawValue:)) ?? .local
}

extension OpenAI {
    func vector(_ name: String, _ args: JSONValue) async throws -> JSONValue {
        switch name {
        case "openai.chat": return try plain(try await chat(try filled(ChatRequest([]), args)))
        case "openai.models": return try plain(try await models())
        case "openai.model_record": return try plain(try await modelRecord(args.text("id")))
        default: throw Failed("a call that the runner does not know: \(name)")
        }
    }
}

extension Twitter {
    func vector(_ name: String, _ args: JSONValue) async throws -> JSONValue {
        switch name {
        case "twitter.me": return try plain(try await me())
        case "twitter.user": return try plain(try await user(args.text("id")))
        case "twitter.user_by_name": return try plain(try await userByName(args.text("username")))
        case "twitter.users": return try plain(try await users(args.texts("ids")))
        case "twitter.users_by_names": return try plain(try await usersByNames(args.texts("usernames")))
        case "twitter.tweets": return try plain(try await tweets(args.texts("ids")))
        case "twitter.all_tweets":
            return try plain(Array(try await timeline(args.text("user_id"), range: range(args))))
        case "twitter.create_tweet":
            let tweet = try args.need("tweet")
            let options = tweet.fields.filter { $0.key != "text" }
            return try plain(try await createTweet(tweet.text("text"), options: options))
        case "twitter.delete_tweet":
            try await deleteTweet(args.text("id"))
            return .null
        case "twitter.upload":
            let (file, type) = (URL(fileURLWithPath: try args.text("path")), args["media_type"]?.string)
            return try plain(try await upload(file, mediaType: type, altText: args["alt_text"]?.string))
        case "twitter.alt_text":
            try await altText(args.text("media_id"), args.text("text"))
            return .null
        default: throw Failed("a call that the runner does not know: \(name)")
        }
    }
}

extension AuthClient {
    func vector(_ name: String, _ args: JSONValue) async throws -> JSONValue {
        let provider = args["provider"]?.string ?? "x"
        switch name {
        case "auth.settings": return try await settings()
        case "auth.authorize":
            let (back, scopes) = (try args.text("redirect_to"), args.texts("scopes"))
            return try plain(try await authorize(redirectTo: back, provider: provider, scopes: scopes))
        case "auth.finish":
            let login = try Wire.read(AuthLogin.self, Wire.write(args.need("login")))
            return try plain(try await finish(login, callback: args.text("callback")))
        case "auth.exchange":
            return try plain(try await exchange(code: args.text("code"), verifier: args.text("verifier")))
        case "auth.probe":
            try await probe(redirectTo: args.text("redirect_to"), provider: provider)
            return .null
        case "auth.refresh": return try plain(try await refresh(args.text("refresh_token")))
        case "auth.sign_up":
            let (email, password) = (try args.text("email"), try args.text("password"))
            return try plain(try await signUp(email: email, password: password, metadata: args.found("metadata")))
        case "auth.sign_in_with_password":
            let (email, password) = (try args.text("email"), try args.text("password"))
            return try plain(try await signInWithPassword(email: email, password: password))
        case "auth.send_code":
            try await sendCode(email: args.text("email"), create: args["create"] == .bool(true))
            return .null
        case "auth.send_recovery":
            try await sendRecovery(email: args.text("email"), redirectTo: args["redirect_to"]?.string)
            return .null
        case "auth.resend":
            try await resend(email: args.text("email"), otp: otp(args, unless: .signup))
            return .null
        case "auth.verify_code":
            let (email, code) = (try args.text("email"), try args.text("code"))
            return try plain(try await verifyCode(email: email, code: code, otp: otp(args, unless: .email)))
        case "auth.claims": return try plain(try await claims(args.text("token")))
        case "auth.user": return try plain(try await user(args.text("token")))
        case "auth.update_user":
            let (token, password) = (try args.text("token"), args["password"]?.string)
            return try plain(try await updateUser(token, password: password, metadata: args.found("metadata")))
        case "auth.reauthenticate":
            try await reauthenticate(args.text("token"))
            return .null
        case "auth.sign_out":
            try await signOut(args.text("token"), scope: scope(args))
            return .null
        case "auth.link_identity":
            let (token, back) = (try args.text("token"), try args.text("redirect_to"))
            return try plain(try await linkIdentity(token, redirectTo: back, provider: provider))
        case "auth.unlink_identity":
            try await unlinkIdentity(args.text("token"), identity: args.text("identity"))
            return .null
        default: throw Failed("a call that the runner does not know: \(name)")
        }
    }
}

extension User {
    func vector(_ name: String, _ args: JSONValue) async throws -> JSONValue {
        switch name {
        case "user.session": return try plain(try await session())
        case "user.sign_out":
            try await signOut(scope(args))
            return .null
        default: throw Failed("a call that the runner does not know: \(name)")
        }
    }
}
