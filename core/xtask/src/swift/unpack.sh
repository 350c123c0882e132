# Unpacks packages of Debian into a folder that a command can be run in: ARCHIVES FOLDER. What compiling and testing does
# not need stays packed, which is half of it: other platforms, the debugger, the servers of editors.
set -e
archives=$1
mkdir -p "$2/usr/bin" "$2/usr/sbin" "$2/usr/lib" "$2/usr/lib64" "$2/tmp"
cd "$2"
for name in bin sbin lib lib64; do ln -s "usr/$name" "$name"; done
swift=./usr/libexec/swift
for package in "$archives"/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar --extract --no-same-owner \
        --exclude="$swift/lib/swift/embedded" --exclude="$swift/lib/swift_static" \
        --exclude="$swift/lib/swift/FrameworkABIBaseline" --exclude="$swift/lib/liblldb*" \
        --exclude="$swift/lib/libsourcekitd*" --exclude="$swift/bin/lldb*" --exclude="$swift/bin/clangd" \
        --exclude="$swift/bin/sourcekit-lsp" --exclude="$swift/bin/docc" --exclude="$swift/bin/swift-format" \
        --exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
done
