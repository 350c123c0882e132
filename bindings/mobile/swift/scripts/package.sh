#!/usr/bin/env bash
# Makes the package as its repository has it: with the address of the library's archive, and its checksum.
#
#     scripts/package.sh ADDRESS CHECKSUM FOLDER
set -euo pipefail
archive=$1 checksum=$2 folder=$(realpath -m "$3")
cd "$(dirname "$0")/../../../.."
[[ $checksum =~ ^[0-9a-f]{64}$ ]] || { echo "$checksum is no checksum" >&2; exit 1; }
mkdir "$folder"
cp -r bindings/mobile/swift/{Package.swift,Sources,Tests} LICENSE-APACHE LICENSE-MIT "$folder"
sed -i "s|^let release: .* = nil$|let release: (url: String, checksum: String)? = (\"$archive\", \"$checksum\")|" "$folder/Package.swift"
grep --quiet --fixed-strings "(\"$archive\", \"$checksum\")" "$folder/Package.swift"
