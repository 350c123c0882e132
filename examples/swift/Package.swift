// swift-tools-version: 5.9
import PackageDescription

let package = Package(
    name: "Quickstart",
    platforms: [.macOS(.v12)],
    dependencies: [.package(name: "Ghostwren", path: "../../bindings/mobile/swift")],
    targets: [.executableTarget(name: "Quickstart", dependencies: ["Ghostwren"])]
)
