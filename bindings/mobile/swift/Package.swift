// swift-tools-version: 5.9
import Foundation
import PackageDescription

// A release names the archive of `.github/workflows/swift.yml` and its checksum; a checkout takes what is built in it:
// `scripts/xcframework.sh` for Apple's platforms, `cargo build -p ghostwren-mobile` for Linux.
let release: (url: String, checksum: String)? = nil
let library = ProcessInfo.processInfo.environment["GHOSTWREN_LIBRARY"] ?? Context.packageDirectory + "/../../../target/debug"

#if os(Linux)
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

let package = Package(
    name: "Ghostwren",
    platforms: [.iOS(.v15), .macOS(.v12), .macCatalyst(.v15)],
    products: [.library(name: "Ghostwren", targets: ["Ghostwren"])],
    targets: [
        ffi,
        // Written by `cargo xtask gen`: private, use Ghostwren.
        .target(name: "GhostwrenNative", dependencies: ["GhostwrenFFI"], linkerSettings: settings),
        .target(name: "Ghostwren", dependencies: ["GhostwrenNative"]),
        .testTarget(name: "GhostwrenTests", dependencies: ["Ghostwren"]),
    ]
)
