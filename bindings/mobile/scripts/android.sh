#!/usr/bin/env bash
# Builds the library for Android into kotlin/android/jniLibs. Needs the NDK (ANDROID_NDK_HOME) and cargo-ndk. Options go to
# cargo: `--no-default-features` builds it without Supabase and without HTTP of its own (docs/mobile.md, "What they weigh").
set -euo pipefail
cd "$(dirname "$0")/../../.."
targets=(-t arm64-v8a -t armeabi-v7a -t x86_64)
# 16 KiB pages: Google Play asks for them, and the NDK links so from version 28 on.
# Packed relocations, which Android reads from 6.0 on: 0.27 MB less.
flags="-C link-arg=-Wl,-z,max-page-size=16384 -C link-arg=-Wl,--pack-dyn-relocs=android"
# Code that stands in several places becomes a function of its own only where that gains more than what unwinding costs for it
# (about 36 bytes, which LLVM does not count): 0.2 to 0.3 MB less.
flags="$flags -C llvm-args=-outliner-benefit-threshold=40"
# Files are named in panics: shorter, and nothing of the machine that built it.
flags="$flags --remap-path-prefix=$PWD=/ghostwren --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=/crates"
export RUSTFLAGS="${RUSTFLAGS:-} $flags"
cargo ndk --platform 26 "${targets[@]}" -o bindings/mobile/kotlin/android/jniLibs \
    build -p ghostwren-mobile --lib --profile mobile --locked "$@"
find bindings/mobile/kotlin/android/jniLibs -name '*.so' ! -name 'libghostwren_mobile.so' -delete
