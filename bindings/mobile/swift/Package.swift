// swift-tools-version: 5.10
import Foundation
import PackageDescription

// SwiftPM looks for a manifest at the root of a repository alone: a release is this folder in a repository of its own, where
// `.github/workflows/swift.yml` fills in the address of the library and its checksum. A checkout takes what is built in it:
// `scripts/xcframework.sh` for Apple's platforms, `cargo build -p ghostwren-mobile` for Linux, where only its tests run.
let release: (url: String, checksum: String)? = nil

#if os(Linux)
let library = ProcessInfo.processInfo.environment["GHOSTWREN_LIBRARY"] ?? Context.packageDirectory + "/../../../target/debug"
let ffi = Target.systemLibrary(name: "GhostwrenFFI", path: "Sources/GhostwrenFFI")
let settings: [LinkerSetting] = [.unsafeFlags(["-L\(library)", "-lghostwren_mobile", "-Xlinker", "-rpath=\(library)"])]
#else
let settings: [LinkerSetting] = [
    .linkedFramework("Security"), .linkedFramework("SystemConfiguration"), .linkedLibrary("resolv"),
]
let ffi: Target
if let release {
    ffi = .binaryTarget(name: "GhostwrenFFI", url: release.url, checksum: release.checksum)
} else {
    ffi = .binaryTarget(name: "GhostwrenFFI", path: "build/GhostwrenFFI.xcframework")
}
#endif

// Not for what is generated: the checks of Swift 6.0 do not survive it.
let strict: [SwiftSetting] = [.enableExperimentalFeature("StrictConcurrency")]

let package = Package(
    name: "Ghostwren",
    platforms: [.iOS(.v15), .macOS(.v12), .macCatalyst(.v15)],
    products: [.library(name: "Ghostwren", targets: ["Ghostwren"])],
    targets: [
        ffi,
        // Written by `cargo xtask gen`: private, use Ghostwren.
        .target(name: "GhostwrenNative", dependencies: ["GhostwrenFFI"], linkerSettings: settings),
        .target(name: "Ghostwren", dependencies: ["GhostwrenNative"], swiftSettings: strict),
        .testTarget(name: "GhostwrenTests", dependencies: ["Ghostwren", "GhostwrenNative"], swiftSettings: strict),
    ]
)
