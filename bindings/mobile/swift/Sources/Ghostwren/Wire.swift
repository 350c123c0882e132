import Foundation
import GhostwrenNative

/// A value of JSON.
public enum JSONValue: Codable, Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    public init(from decoder: Decoder) throws {
        let value = try decoder.singleValueContainer()
        // What fails costs an error; texts are the most of it.
        if value.decodeNil() {
            self = .null
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let int = try? value.decode(Int.self) {
            self = .int(int)
        } else if let double = try? value.decode(Double.self) {
            self = .double(double)
        } else if let array = try? value.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        case .int(let int): try container.encode(int)
        case .double(let double): try container.encode(double)
        case .string(let string): try container.encode(string)
        case .array(let array): try container.encode(array)
        case .object(let object): try container.encode(object)
        }
    }

    /// The field of an object; `nil` where there is none.
    public subscript(name: String) -> JSONValue? {
        if case .object(let fields) = self { return fields[name] }
        return nil
    }

    /// The text, if it is one.
    public var string: String? {
        if case .string(let text) = self { return text }
        return nil
    }

    /// The number, if it is a whole one.
    public var int: Int? {
        if case .int(let number) = self { return number }
        return nil
    }
}

/// A length of time.
public struct Seconds: Codable, Hashable, Sendable {
    public let secs: Int
    public let nanos: Int

    /// In seconds.
    public var seconds: TimeInterval { TimeInterval(secs) + TimeInterval(nanos) / 1_000_000_000 }
}

/// The form in which values cross: the core's own JSON.
enum Wire {
    private static let whole = Date.ISO8601FormatStyle()
    private static let fractional = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func time(_ text: String) throws -> Date {
        guard let dot = text.firstIndex(of: ".") else { return try whole.parse(text) }
        // Foundation knows at most milliseconds.
        let digits = text[text.index(after: dot)...].prefix { $0.isNumber }
        return try fractional.parse("\(text[..<dot]).\(digits.prefix(3))\(text[digits.endIndex...])")
    }

    static func text(of time: Date) -> String {
        // Foundation ends the process over a date that is none; this text is told as one that cannot be used.
        guard time.timeIntervalSince1970.isFinite else { return "never" }
        // Foundation cuts what is below a millisecond off, and a date just below one is what it makes of some whole ones.
        return fractional.format(time + 0.0005)
    }

    static func read<Value: Decodable>(_ type: Value.Type, _ json: String) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.dateDecodingStrategy = .custom { decoder in
            try time(try decoder.singleValueContainer().decode(String.self))
        }
        do {
            return try decoder.decode(type, from: Data(json.utf8))
        } catch {
            throw GhostwrenError.broken(error)
        }
    }

    static func write<Value: Encodable>(_ value: Value) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(text(of: date))
        }
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch EncodingError.invalidValue(_, let context) {
            throw endless(context.codingPath.last?.stringValue ?? "")
        } catch {
            throw GhostwrenError.broken(error)
        }
    }

    /// JSON has no infinite numbers, and none that is not one.
    private static func endless(_ name: String) -> GhostwrenError {
        let suffix = "_seconds"
        let words = (name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name).split(separator: "_")
        // As it is written in the call.
        let written = ([words.first.map(String.init) ?? ""] + words.dropFirst().map(\.capitalized)).joined(separator: "")
        return GhostwrenError(
            kind: .invalidInput,
            code: "argument.type",
            detail: "the argument `\(written)` is no number that ends",
            remedy: "Give a number that is finite, or nothing for the default."
        )
    }

    /// Makes an object of Rust out of its own JSON, which stands within what is decoded.
    static func written<Value>(_ decoder: any Decoder, _ make: (String) throws -> Value) throws -> Value {
        let json = try write(JSONValue(from: decoder))
        do {
            return try translating { try make(json) }
        } catch let error as GhostwrenError {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description, underlyingError: error)
            )
        }
    }

    /// Encodes the JSON of an object of Rust as a part of what it stands in.
    static func encode(_ json: String, to encoder: any Encoder) throws {
        try read(JSONValue.self, json).encode(to: encoder)
    }

    /// A record as plain data.
    static func plain<Value: Encodable>(_ value: Value) throws -> [String: JSONValue] {
        try read([String: JSONValue].self, write(value))
    }
}

/// An address as it may be shown: a password or a key in it stays hidden.
func shownAddress(_ address: String) -> String {
    let shown = address.prefix { $0 != "?" && $0 != "#" }
    guard let slashes = shown.range(of: "//") else { return String(shown) }
    let rest = shown[slashes.upperBound...]
    let host = rest.prefix { $0 != "/" }
    guard let at = host.lastIndex(of: "@") else { return String(shown) }
    return shown[..<slashes.upperBound] + String(rest[rest.index(after: at)...])
}

/// Arguments of a call, by the names of the core.
typealias Arguments = [String: JSONValue]

/// What stands for an argument.
protocol Argument {
    var json: JSONValue { get }
}

extension JSONValue: Argument {
    var json: JSONValue { self }
}

extension String: Argument {
    var json: JSONValue { .string(self) }
}

extension Int: Argument {
    var json: JSONValue { .int(self) }
}

extension Double: Argument {
    var json: JSONValue { .double(self) }
}

extension Bool: Argument {
    var json: JSONValue { .bool(self) }
}

extension Date: Argument {
    var json: JSONValue { .string(Wire.text(of: self)) }
}

extension URL: Argument {
    /// A file by its path, anything else as it is.
    var json: JSONValue { .string(isFileURL ? path : absoluteString) }
}

extension Array: Argument where Element: Argument {
    var json: JSONValue { .array(map(\.json)) }
}

extension Dictionary: Argument where Key == String, Value: Argument {
    var json: JSONValue { .object(mapValues(\.json)) }
}

extension Optional: Argument where Wrapped: Argument {
    var json: JSONValue { self?.json ?? .null }
}

/// Arguments by their names.
func arguments(_ named: KeyValuePairs<String, any Argument>) -> Arguments {
    var all = Arguments()
    for (name, value) in named { all[name] = value.json }
    return all
}

/// A call that needs no setup.
func call<Value: Decodable>(_ name: String, _ arguments: Arguments, as type: Value.Type = Value.self) throws -> Value {
    let json = try translating { try local(name: name, arguments: try Wire.write(arguments)) }
    return try Wire.read(type, json)
}
