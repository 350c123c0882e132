#!/usr/bin/env bash
# Builds the library for Android into kotlin/android/jniLibs. Needs the NDK (ANDROID_NDK_HOME) and cargo-ndk. Options go to
# cargo: `--no-default-features` builds it without Supabase and without HTTP of its own (docs/mobile.md, "What they weigh").
set -euo pipefail
cd "$(dirname "$0")/../../.."
targets=(-t arm64-v8a -t armeabi-v7a -t x86_64)
# 16 KiB pages: Google Play asks for them, and the NDK links so from version 28 on.
# Packed relocations, which Android reads from 6.0 on: 0.27 MB less.
flags="-C link-arg=-Wl,-z,max-page-size=16384 -C link-arg=-Wl,--pack-dyn-relocs=android"
export RUSTFLAGS="${RUSTFLAGS:-} $flags --remap-path-prefix=$PWD=/ghostwren"
cargo ndk --platform 26 "${targets[@]}" -o bindings/mobile/kotlin/android/jniLibs \
    build -p ghostwren-mobile --lib --profile mobile --locked "$@"
find bindings/mobile/kotlin/android/jniLibs -name '*.so' ! -name 'libghostwren_mobile.so' -delete
