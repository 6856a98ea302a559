#!/bin/sh
# Publishes a model, makes it the active release and believes it only when
# every live host serves it. Anything else ends with status 1, and with the
# release before back in its place where this run had replaced it.
#
#   ci-release.sh STRATEGY VERSION MODEL [more flags of edgesignal publish]
#
# DATABASE_URL, ARTIFACT_STORE and AWS_* are a publisher's. EDGESIGNAL is the
# program (edgesignal), WAIT how long the hosts have (60s), WHY is kept in the
# registry's history.
set -eu

if [ $# -lt 3 ]; then
    echo "usage: $0 STRATEGY VERSION MODEL [flags of edgesignal publish]" >&2
    exit 2
fi
strategy=$1 version=$2 model=$3
shift 3
edgesignal=${EDGESIGNAL:-edgesignal}
wait=${WAIT:-60s}
why=${WHY:-$(basename "$0")}

# The gate's word comes first: what it refuses never gets into the registry.
"$edgesignal" publish --strategy "$strategy" --version "$version" --model "$model" "$@"

# Without --wait: where this fails nothing has changed, and nothing is undone.
said=$("$edgesignal" activate "$strategy" "$version" --why "$why")
echo "$said"

if "$edgesignal" activate "$strategy" "$version" --wait "$wait"; then
    exit 0
fi
"$edgesignal" status >&2 || true
case $said in
*"(before: "*)
    echo "$0: going back to the release before" >&2
    "$edgesignal" rollback "$strategy" --why "$version did not reach every host" --wait "$wait" >&2 ||
        echo "$0: and the way back did not reach every host either" >&2
    ;;
esac
exit 1
