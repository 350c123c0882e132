#!/usr/bin/env bash
# Makes of a repository in a folder the bundle that Maven Central takes, and publishes it.
#
#     scripts/central.sh REPOSITORY BUNDLE [publish]
#
# Without `publish` it is the dry run, which does all but the last step, with a key of its own. To publish it needs the key
# that signs, in ASCII (MAVEN_GPG_KEY, with MAVEN_GPG_PASSPHRASE), and the portal's token (MAVEN_USER, MAVEN_PASSWORD).
set -euo pipefail
repository=$1 bundle=$(realpath -m "$2") publish=${3:-}
portal=${MAVEN_URL:-https://central.sonatype.com}/api/v1/publisher

work=$(mktemp -d)
export GNUPGHOME=$work/keys
trap 'gpgconf --kill all || true; rm -rf "$work"' EXIT
mkdir --mode 700 "$GNUPGHOME"
if [ "$publish" = publish ]; then
    gpg --batch --quiet --import <<< "$MAVEN_GPG_KEY"
else
    MAVEN_GPG_PASSPHRASE=
    gpg --batch --quiet --passphrase '' --quick-generate-key 'dry run' ed25519 sign 1d 2> /dev/null
fi

# Not the lists of versions, which Central makes itself.
mkdir "$work/bundle"
(cd "$repository" && find . -type f ! -name 'maven-metadata.xml*' -exec cp --parents {} "$work/bundle" \;)
cd "$work/bundle"
find . -type f \( -name '*.asc' -o -name '*.md5' -o -name '*.sha1' -o -name '*.sha256' -o -name '*.sha512' \) -delete
find . -type f > ../files
grep --quiet '\.pom$' ../files || { echo "there is no package in $repository" >&2; exit 1; }

# What Central asks of each package, so that it is not refused when the others are published already.
while read -r pom; do
    for wanted in name description url licenses developers scm; do
        # Its own, and not that of a licence, which stands deeper.
        grep --quiet --extended-regexp "^(  |    |\t)<$wanted>" "$pom" || { echo "$pom has no <$wanted>" >&2; exit 1; }
    done
    for jar in sources javadoc; do
        [ -f "${pom%.pom}-$jar.jar" ] || { echo "${pom%.pom}-$jar.jar is missing" >&2; exit 1; }
    done
done < <(grep '\.pom$' ../files)

while read -r file; do
    gpg --batch --quiet --pinentry-mode loopback --passphrase-fd 0 --armor --detach-sign "$file" <<< "$MAVEN_GPG_PASSPHRASE"
    gpg --batch --quiet --verify "$file.asc" "$file" 2> /dev/null
    md5sum "$file" | cut -d ' ' -f 1 > "$file.md5"
    sha1sum "$file" | cut -d ' ' -f 1 > "$file.sha1"
    sha256sum "$file" | cut -d ' ' -f 1 > "$file.sha256"
done < ../files
mkdir -p "$(dirname "$bundle")"
rm -f "$bundle"
zip --quiet --recurse-paths "$bundle" .
unzip -Z1 "$bundle"
[ "$publish" = publish ] || exit 0

# By a file, so that no list of processes shows it.
printf 'header = "Authorization: Bearer %s"\n' "$(printf '%s:%s' "$MAVEN_USER" "$MAVEN_PASSWORD" | base64 --wrap 0)" > "$work/token"
ask() {
    curl --config "$work/token" --fail --silent --show-error --request POST "$@"
}
id=$(ask --form "bundle=@$bundle" "$portal/upload?publishingType=AUTOMATIC")
for _ in $(seq 120); do
    # Asked again after a fault: the bundle is there already, and may not be sent twice.
    state=$(ask --retry 5 --retry-all-errors "$portal/status?id=$id" | jq --exit-status --raw-output .deploymentState)
    echo "$id: $state"
    case $state in
        PUBLISHING | PUBLISHED) exit 0 ;;
        FAILED) ask "$portal/status?id=$id" | jq .errors >&2; exit 1 ;;
    esac
    sleep 10
done
echo "$id was not validated within 20 minutes: see $portal" >&2
exit 1
