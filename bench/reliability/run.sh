#!/usr/bin/env bash
# The figures of docs/explanation/reliability.md, and of TLS in performance.md: run.sh equal|recovery|goodput|cost|tls|soak|busy
# Builds nothing: first dotnet build -c Release. Everything runs under a home of its own, and is stopped at the end.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
granary() { dotnet "$root/src/Client/bin/Release/net10.0/granary.dll" "$@"; }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",]*\).*/\1/p" | awk 'NR == 1'; } # reads to the end: no SIGPIPE for what writes

scratch=$(mktemp -d)
export GRANARY_HOME=$scratch/home
trap 'granary down >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT

mlp=("$root/examples/digits-mlp.yaml" --set "model.hidden=[256,128]" training.optimizer.kind=adam training.optimizer.learningRate=0.001)
gpt=("$root/examples/source-transformer.yaml" --set model.layers=2 model.width=48 training.optimizer.kind=adam training.optimizer.learningRate=0.002)
large=("$root/examples/digits-mlp.yaml" --set "model.hidden=[2400,2400]" training.optimizer.kind=adam training.optimizer.learningRate=0.0003)

alone() { granary train "$@" --silos 1 --json --output "$scratch/alone" --overwrite 2>/dev/null; }
submit() { granary submit "$@" --detach --json | field job; }

# One job under one plan: the same weights as alone, and a ledger without fault.
equal() { # name, plan, expected sha256, job...
    local name=$1 plan=$2 expected=$3 job
    shift 3
    job=$(submit "$@")
    granary chaos --plan "$here/$plan.yaml" --job "$job" --json >"$scratch/chaos.json" 2>/dev/null
    local found kills recoveries
    found=$(granary wait "$job" --json 2>/dev/null | field weightsSha256)
    kills=$(grep -c '"fault": "kill"' "$scratch/chaos.json" || true)
    recoveries=$(granary wait "$job" --json 2>/dev/null | field recoveries)
    granary audit "$job" 2>"$scratch/audit" || { cat "$scratch/audit"; exit 1; }
    [ "$found" = "$expected" ] && echo "$name, $plan: same weights; $(field faults <"$scratch/chaos.json") faults, $recoveries recoveries, audit passed" \
        || { echo "$name, $plan: OTHER WEIGHTS $found, expected $expected"; exit 1; }
}

case "${1:-}" in
equal)
    rounds=${2:-3}
    m=$(alone "${mlp[@]}" training.epochs=1200 | field weightsSha256)
    g=$(alone "${gpt[@]}" training.epochs=12 | field weightsSha256)
    granary up --silos 3
    for _ in $(seq "$rounds"); do
        equal mlp hundred "$m" "${mlp[@]}" training.epochs=1200
        equal transformer hundred "$g" "${gpt[@]}" training.epochs=12
        equal mlp unrest "$m" "${mlp[@]}" training.epochs=1200
        granary scale --silos 3
        equal transformer unrest "$g" "${gpt[@]}" training.epochs=12
        granary scale --silos 3
    done
    ;;
recovery)
    granary up --silos 3
    job=$(submit "${mlp[@]}" training.epochs=100000)
    for plan in others coordinator freeze; do
        granary chaos --plan "$here/recovery-$plan.yaml" --job "$job"
    done
    granary cancel "$job"
    echo "torchrun, seconds from kill -9 of a worker to the next step:"
    /usr/bin/python3 "$root/bench/peers/elastic_restart.py" 5
    ;;
goodput)
    # One job: undisturbed, then under the plan of 5 minutes, then undisturbed again.
    granary up --silos 3
    job=$(submit "${mlp[@]}" training.epochs=10000000)
    steps() { granary show "$job" --json | field step; }
    rate() { # name, command...
        local name=$1 from began
        shift
        from=$(steps) began=$(date +%s%N)
        "$@"
        echo "$name: $(( ($(steps) - from) * 1000000000 / ($(date +%s%N) - began) )) steps/s"
    }
    sleep 10
    rate undisturbed sleep 100
    rate "a kill every 20 s" granary chaos --plan "$here/goodput.yaml" --job "$job"
    sleep 10
    rate undisturbed sleep 100
    granary cancel "$job"
    ;;
cost)
    # What safety costs while nothing fails: as it is, without checksums and backups, and with a checkpoint every 10 s, in turn. There is no
    # option to train without safety: a scratch clone of the last commit has its two lines changed.
    bare=$scratch/bare
    git clone -q "$root" "$bare"
    without() { # file, text, other text
        [ "$(grep -cF "$2" "$bare/$1")" = 1 ] || { echo "$1 has no such line any more: $2" >&2; exit 1; }
        python3 - "$bare/$1" "$2" "$3" <<'CHANGE'
import pathlib, sys
path = pathlib.Path(sys.argv[1])
path.write_text(path.read_text().replace(sys.argv[2], sys.argv[3]))
CHANGE
    }
    without src/Contracts/Generations.cs "=> KeepEvery > 0 && (step == first || step % KeepEvery == 0)" "=> KeepEvery < 0"
    without src/Grains/Channel/FrameChecksum.cs "var runs = payload.Length / Run * Run;" "if (payload.Length >= 0) { return 0; } var runs = payload.Length / Run * Run;"
    dotnet build "$bare/src/Client" -c Release -v q >/dev/null
    rate() { # root, job...
        local at=$1
        shift
        dotnet "$at/src/Client/bin/Release/net10.0/granary.dll" train "$@" --json --output "$scratch/out" --overwrite 2>/dev/null | field examplesPerSecond
        rm -rf "$scratch/out"
    }
    echo "examples/s: job, as it is, without checksums and backups, with a checkpoint every 10 s"
    for _ in $(seq "${2:-5}"); do
        for name in mlp large; do
            [ $name = mlp ] && job=("${mlp[@]}" training.epochs=1000) || job=("${large[@]}" training.epochs=20)
            echo "$name $(rate "$root" "${job[@]}" training.checkpoint.seconds=0) $(rate "$bare" "${job[@]}" training.checkpoint.seconds=0)" \
                "$(rate "$root" "${job[@]}" training.checkpoint.seconds=10)"
        done
    done
    ;;
tls)
    # Steps with certificates against steps without, in turn: two silos of one thread each, over TCP as between two machines.
    unset GRANARY_CERTS GRANARY_TOKEN
    certs=$scratch/certs
    granary certs init --folder "$certs" >/dev/null
    granary certs issue --folder "$certs" --name silo --address 127.0.0.1 >/dev/null
    silos=()
    waits() { # command: until it succeeds, at most two minutes
        for _ in $(seq 120); do
            "$@" && return
            sleep 1
        done
        echo "in vain: $*" >&2
        cat "$scratch"/[12].log >&2
        return 1
    }
    rate() { # tls or plain, job...
        local way=$1 job from since with=()
        shift
        trap 'kill "${silos[@]}" 2>/dev/null || true; wait' EXIT # of this subshell
        [ "$way" = plain ] || with=(--certs "$certs/silo")
        export GRANARY_CA=$certs/ca.pem GRANARY_HOME=$scratch/$way
        for name in 1 2; do
            dotnet "$root/src/Client/bin/Release/net10.0/granary.dll" silo --name $name --home "$GRANARY_HOME" --threads 1 --tcp-alone --web-port 0 "${with[@]}" >"$scratch/$name.log" 2>&1 &
            silos+=($!)
        done
        waits grep -q ^page "$scratch/1.log"
        waits grep -q ^ready "$scratch/2.log"
        GRANARY_URL=$(sed -n 's|^page .* at \(.*\)/$|\1|p' "$scratch/1.log")
        export GRANARY_URL
        job=$(submit "$@")
        step() { granary show "$job" --json | field step; }
        began() { [ "$(step)" -gt 100 ]; }
        waits began
        from=$(step) since=$(date +%s%N)
        sleep 20
        echo "($(step) - $from) * 10^9 / ($(date +%s%N) - $since)" | bc -l | cut -c1-7
        granary cancel "$job" >/dev/null
        kill "${silos[@]}"
        wait
        silos=()
        rm -rf "$GRANARY_HOME"
        unset GRANARY_URL
    }
    echo "steps/s: job, without TLS, with TLS"
    steady=(training.epochs=1000000 data.shards=2 training.optimizer.kind=sgd training.optimizer.learningRate=0.001)
    for round in $(seq "${2:-5}"); do
        for name in mlp gpt; do
            [ $name = mlp ] && job=("$root/examples/fashion-mlp.yaml" --set training.batch=256 "${steady[@]}") \
                || job=("$root/examples/source-transformer.yaml" --set model.layers=4 model.width=128 "${steady[@]}")
            [ $((round % 2)) = 0 ] || plain=$(rate plain "${job[@]}")
            tls=$(rate tls "${job[@]}")
            [ $((round % 2)) = 1 ] || plain=$(rate plain "${job[@]}")
            echo "$name $plain $tls"
        done
    done
    ;;
busy)
    # Beside busy processes: the same weights each time, and no silo taken for dead.
    expected=$(granary train "$root/examples/digits-mlp.yaml" --silos 1 --json --output "$scratch/alone" 2>/dev/null | field weightsSha256)
    busy=()
    trap 'kill "${busy[@]}" 2>/dev/null || true; granary down >/dev/null 2>&1 || true; rm -rf "$scratch"' EXIT
    for _ in $(seq "${3:-20}"); do
        sh -c 'while :; do :; done' &
        busy+=($!)
    done
    for round in $(seq "${2:-10}"); do
        began=$(date +%s)
        found=$(granary train "$root/examples/digits-mlp.yaml" --silos 5 --json --output "$scratch/out" 2>"$scratch/said" | tee "$scratch/json" | field weightsSha256)
        rm -rf "$scratch/out"
        [ "$found" = "$expected" ] && echo "run $round: same weights after $(($(date +%s) - began)) s, $(field recoveries <"$scratch/json") recoveries" \
            || { echo "run $round: weights '$found', expected $expected"; cat "$scratch/said"; exit 1; }
        grep -E "taken it for dead|starting it again|^without|beginning with" "$scratch/said" || true
    done
    granary up --silos 3
    job=$(submit "${mlp[@]}" training.epochs=10000000)
    sleep 120
    granary why "$job"
    granary show "$job" --json
    granary cancel "$job"
    grep -h "taken it for dead" "$GRANARY_HOME"/logs/*.log && { echo "FALSE DEATH"; exit 1; } || echo "two minutes under up: no false death"
    ;;
soak)
    granary up --silos 3
    job=$(submit "${mlp[@]}" training.epochs=10000000)
    granary chaos --plan "$here/soak.yaml" --job "$job" >/dev/null 2>"$scratch/faults" &
    chaos=$!
    end=$((SECONDS + ${2:-1800}))
    echo "seconds silo resident-KB threads handles log-bytes"
    while [ $SECONDS -lt $end ]; do
        for pid in $(granary status --json 2>/dev/null | grep -o '"pid": *[0-9]*' | grep -o '[0-9]*$'); do
            name=$(tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | sed -n '/--name/{n;p}') || continue
            [ -n "$name" ] || continue
            echo "$SECONDS $name $(awk '/VmRSS/ {print $2}' "/proc/$pid/status") $(ls "/proc/$pid/task" | wc -l) $(ls "/proc/$pid/fd" | wc -l) $(stat -c %s "$GRANARY_HOME/logs/$name.log")" 2>/dev/null || true
        done
        sleep 10
    done
    kill -TERM $chaos 2>/dev/null || true
    wait $chaos 2>/dev/null || true
    echo "faults done: $(wc -l <"$scratch/faults")"
    granary cancel "$job"
    granary audit "$job"
    ;;
*)
    sed -n '2,3p' "$0"
    exit 2
    ;;
esac
