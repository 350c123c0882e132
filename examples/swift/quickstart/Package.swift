// swift-tools-version: 5.10
import PackageDescription

let package = Package(
    name: "Quickstart",
    platforms: [.macOS(.v12)],
    dependencies: [.package(name: "Ghostwren", path: "../../../bindings/mobile/swift")],
    targets: [
        .executableTarget(
            name: "Quickstart",
            dependencies: [.product(name: "Ghostwren", package: "Ghostwren")],
            path: ".",
            sources: ["Quickstart.swift"]
        )
    ]
)
