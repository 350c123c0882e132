#!/usr/bin/env bash
# Builds the library for Apple's platforms into build/GhostwrenFFI.xcframework, and its archive with the checksum that
# Package.swift names. Needs Xcode. Options go to cargo, as in `bindings/mobile/scripts/android.sh`.
set -euo pipefail
cd "$(dirname "$0")/../../../.."
package=bindings/mobile/swift
targets=(aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios aarch64-apple-darwin x86_64-apple-darwin)
export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$PWD=/ghostwren"
export IPHONEOS_DEPLOYMENT_TARGET=15.0 MACOSX_DEPLOYMENT_TARGET=12.0
for target in "${targets[@]}"; do
    rustup target add "$target"
    cargo build -p ghostwren-mobile --lib --profile mobile --locked --target "$target" "$@"
done
built() { echo "target/$1/mobile/libghostwren_mobile.a"; }
rm -rf "$package/build"
mkdir -p "$package/build/simulator" "$package/build/macos"
lipo -create "$(built aarch64-apple-ios-sim)" "$(built x86_64-apple-ios)" \
    -output "$package/build/simulator/libghostwren_mobile.a"
lipo -create "$(built aarch64-apple-darwin)" "$(built x86_64-apple-darwin)" \
    -output "$package/build/macos/libghostwren_mobile.a"
headers="$package/Sources/GhostwrenFFI"
xcodebuild -create-xcframework \
    -library "$(built aarch64-apple-ios)" -headers "$headers" \
    -library "$package/build/simulator/libghostwren_mobile.a" -headers "$headers" \
    -library "$package/build/macos/libghostwren_mobile.a" -headers "$headers" \
    -output "$package/build/GhostwrenFFI.xcframework"
cd "$package/build"
zip -qry GhostwrenFFI.xcframework.zip GhostwrenFFI.xcframework
swift package compute-checksum GhostwrenFFI.xcframework.zip | tee checksum
