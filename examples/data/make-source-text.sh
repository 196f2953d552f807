#!/bin/sh
# Makes granary-source.txt from the sources and docs that git tracks, in the order of their paths, ASCII only.
# The file is committed as it was made once: run this only to start over.
set -eu
cd "$(dirname "$0")/../.."
git ls-files 'src/*.cs' 'tests/*.cs' '*.md' | LC_ALL=C sort | while read -r file; do
    cat "$file"
done | LC_ALL=C tr -cd '\11\12\40-\176' >examples/data/granary-source.txt
