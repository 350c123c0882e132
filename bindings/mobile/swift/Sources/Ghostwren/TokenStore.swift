import Foundation
#if canImport(Security)
import Security
#endif

/// The safe place of the device, where the secrets of its owner are: the Keychain (`KeychainTokenStore`). The SDK keeps
/// there what seals the login at Twitter (`TokenName.sealingKeys`) and the session with Supabase
/// (`TokenName.supabaseSession`), and reads there the person's own key of a model (`TokenName.modelKey`). Secrets of an operator are refused, wherever they come from.
public protocol TokenStore: Sendable {
    /// What is kept under a name, if anything.
    func load(_ name: String) async throws -> String?

    /// Keeps a secret under a name.
    func save(_ name: String, _ secret: String) async throws

    /// Forgets it.
    func remove(_ name: String) async throws
}

/// The names under which secrets are kept.
public enum TokenName {
    /// The person's own key of a model.
    public static let modelKey = "model_key"
    /// What seals the login; made by the SDK. Without it the login is lost, and nothing else.
    public static let sealingKeys = "sealing_keys"
    /// The session with Supabase; kept by `Ghostwren.signIn`, forgotten by `User.signOut`.
    public static let supabaseSession = "supabase_session"
}

/// Secrets in memory: for tests, and for programs that ask for them each time.
public actor MemoryTokenStore: TokenStore, CustomReflectable {
    private var secrets: [String: String]

    public init(_ secrets: [String: String] = [:]) {
        self.secrets = secrets
    }

    public func load(_ name: String) -> String? {
        secrets[name]
    }

    public func save(_ name: String, _ secret: String) {
        secrets[name] = secret
    }

    public func remove(_ name: String) {
        secrets[name] = nil
    }

    // A dump shows what is stored, unless it is told what to show.
    public nonisolated var customMirror: Mirror { Mirror(self, children: [:]) }
}

#if canImport(Security)
/// Secrets in the Keychain of this device: they leave it neither by a backup nor by iCloud.
public struct KeychainTokenStore: TokenStore {
    private let service: String
    private let accessGroup: String?

    /// `accessGroup` shares them with the app's extensions.
    public init(service: String = "io.github.ghostwren", accessGroup: String? = nil) {
        self.service = service
        self.accessGroup = accessGroup
    }

    private func item(_ name: String) -> [CFString: Any] {
        var query: [CFString: Any] = [
            kSecClass: kSecClassGenericPassword,
            kSecAttrService: service,
            kSecAttrAccount: name,
        ]
        if let accessGroup {
            query[kSecAttrAccessGroup] = accessGroup
        }
        return query
    }

    private func check(_ status: OSStatus, but expected: OSStatus...) throws {
        if status == errSecSuccess || expected.contains(status) { return }
        throw GhostwrenError(
            kind: .storage,
            code: "mobile.token_store",
            detail: "the Keychain refused (\(status))",
            remedy: "Unlock the device, and give the app access to its Keychain."
        )
    }

    public func load(_ name: String) async throws -> String? {
        var query = item(name)
        query[kSecReturnData] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        try check(status, but: errSecItemNotFound)
        guard status == errSecSuccess, let data = found as? Data else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    public func save(_ name: String, _ secret: String) async throws {
        let data = Data(secret.utf8)
        let status = SecItemUpdate(item(name) as CFDictionary, [kSecValueData: data] as CFDictionary)
        if status != errSecItemNotFound { return try check(status) }
        var added = item(name)
        added[kSecValueData] = data
        // For imports that go on in the background, after the first unlocking.
        added[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        try check(SecItemAdd(added as CFDictionary, nil))
    }

    public func remove(_ name: String) async throws {
        try check(SecItemDelete(item(name) as CFDictionary), but: errSecItemNotFound)
    }
}
#endif
