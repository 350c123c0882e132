# Runs a command in an unpacked system that sees the repository and the temporary files in their own places:
# FOLDER REPOSITORY TEMPORARY COMMAND...
set -e
folder=$1 repository=$2
for place in /proc /dev "$repository" "$3"; do
    mkdir -p "$folder$place"
    /usr/bin/mount --rbind "$place" "$folder$place"
done
shift 3
exec /usr/sbin/chroot "$folder" /bin/sh -c 'cd "$0" && exec "$@"' "$repository" "$@"
