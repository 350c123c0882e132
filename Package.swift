// swift-tools-version: 5.10
import Foundation
import PackageDescription

// The Swift package of `bindings/mobile/swift`: SwiftPM looks for it here. A release names the archive of
// `.github/workflows/swift.yml` and its checksum; a checkout takes what is built in it: `scripts/xcframework.sh` for Apple's
// platforms, `cargo build -p ghostwren-mobile` for Linux, where only its tests run.
let release: (url: String, checksum: String)? = nil
let swift = "bindings/mobile/swift"

#if os(Linux)
let library = ProcessInfo.processInfo.environment["GHOSTWREN_LIBRARY"] ?? Context.packageDirectory + "/target/debug"
let ffi = Target.systemLibrary(name: "GhostwrenFFI", path: "\(swift)/Sources/GhostwrenFFI")
let settings: [LinkerSetting] = [.unsafeFlags(["-L\(library)", "-lghostwren_mobile", "-Xlinker", "-rpath=\(library)"])]
#else
let settings: [LinkerSetting] = [
    .linkedFramework("Security"), .linkedFramework("SystemConfiguration"), .linkedLibrary("resolv"),
]
let ffi: Target
if let release {
    ffi = .binaryTarget(name: "GhostwrenFFI", url: release.url, checksum: release.checksum)
} else {
    ffi = .binaryTarget(name: "GhostwrenFFI", path: "\(swift)/build/GhostwrenFFI.xcframework")
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
        .target(
            name: "GhostwrenNative",
            dependencies: ["GhostwrenFFI"],
            path: "\(swift)/Sources/GhostwrenNative",
            linkerSettings: settings
        ),
        .target(
            name: "Ghostwren",
            dependencies: ["GhostwrenNative"],
            path: "\(swift)/Sources/Ghostwren",
            swiftSettings: strict
        ),
        .testTarget(
            name: "GhostwrenTests",
            dependencies: ["Ghostwren", "GhostwrenNative"],
            path: "\(swift)/Tests/GhostwrenTests",
            swiftSettings: strict
        ),
    ]
)
