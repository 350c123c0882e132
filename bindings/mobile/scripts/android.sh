#!/usr/bin/env bash
# Builds the library for Android into kotlin/android/jniLibs. Needs the NDK (ANDROID_NDK_HOME) and cargo-ndk.
set -euo pipefail
cd "$(dirname "$0")/../../.."
targets=(-t arm64-v8a -t armeabi-v7a -t x86_64)
# 16 KiB pages: Google Play asks for them, and the NDK links so from version 28 on.
export RUSTFLAGS="${RUSTFLAGS:-} -C link-arg=-Wl,-z,max-page-size=16384 --remap-path-prefix=$PWD=/ghostwren"
cargo ndk --platform 26 "${targets[@]}" -o bindings/mobile/kotlin/android/jniLibs \
    build -p ghostwren-mobile --lib --profile mobile --locked
find bindings/mobile/kotlin/android/jniLibs -name '*.so' ! -name 'libghostwren_mobile.so' -delete
