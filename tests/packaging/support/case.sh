# tests/packaging/support/case.sh - sourced by the tests beside it. The test
# ends with `exit $failed`.
# shellcheck shell=bash disable=SC2034 # what is set here is used there
set -u
failed=0
HERE=$TMPDIR

# passes NAME COMMAND... - one case: the command exits 0. Its output is shown
# when it does not.
passes() {
    local name=$1 code=0
    shift
    "$@" >"$HERE/case.out" 2>&1 || code=$?
    if [ $code -eq 0 ]; then
        echo "ok $name"
    else
        echo "not ok $name"
        echo "  exit code $code of: $*"
        sed 's/^/  /' "$HERE/case.out"
        failed=1
    fi
}

# fails NAME COMMAND... - one case: the command does not exit 0.
fails() {
    local name=$1
    shift
    passes "$name" not "$@"
}

not() {
    ! "$@"
}

# skips NAME WHY - a case that cannot run here. It counts as skipped.
skips() {
    echo "ok $1 # SKIP $2"
}

# A port that nobody listens on.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# quiet COMMAND... - exits 0 and says nothing.
quiet() {
    local output
    output=$("$@" 2>&1) && [ -z "$output" ] && return
    echo "$output"
    return 1
}

# starts_usher PROGRAM SETTING=VALUE... - starts the program in $HERE/service
# and waits until its log says that it is ready. Sets usher_pid, usher_port.
starts_usher() {
    local program=$1 line
    shift
    usher_port=$(free_port)
    mkdir -p "$HERE/service"
    mkfifo "$HERE/usher.pipe"
    (cd "$HERE/service" && exec env HOST=127.0.0.1 PORT="$usher_port" \
        FLOWS_DIR="$ROOT/flows" DATABASE_URL="sqlite:$HERE/service/usher.db" \
        "$@" "$program" serve >"$HERE/usher.pipe" 2>&1) &
    usher_pid=$!
    trap 'kill "$usher_pid" 2>/dev/null' EXIT
    exec 9<"$HERE/usher.pipe"
    while read -r -t 10 line <&9; do
        echo "  # $line"
        [[ $line == *ready* ]] || continue
        # Its log goes on; somebody must read it.
        cat <&9 >"$HERE/usher.log" &
        return
    done
    echo "  # $program did not say in 10 s that it is ready"
    return 1
}
