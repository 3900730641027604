#!/usr/bin/env bash
# Fetches the vendored libraries afresh and writes vendor.json.
# To move to another version, change its line below, run this script, and
# change the version in the import maps, in sw.js and in tsconfig.json.
set -euo pipefail
cd "$(dirname "$0")"

# package@version, licence, then source=target for every file that is kept.
packages=(
  'maplibre-gl@6.17.0 BSD-3-Clause dist/maplibre-gl.mjs dist/maplibre-gl-worker.mjs LICENSE.txt=LICENSE'
  'preact@11.2.0 MIT dist/preact.mjs hooks/dist/hooks.mjs src/index.d.ts src/jsx.d.ts src/dom.d.ts hooks/src/index.d.ts=hooks.d.ts LICENSE'
  '@preact/signals@2.11.4 MIT dist/signals.mjs dist/signals.d.ts LICENSE'
  '@preact/signals-core@1.14.5 MIT dist/signals-core.mjs dist/signals-core.d.ts LICENSE'
  'htm@3.1.1 Apache-2.0 dist/htm.mjs dist/htm.d.ts LICENSE'
  'idb@8.0.4 ISC build/index.js=idb.mjs LICENSE'
  'qr@0.7.0 MIT decode.js index.js LICENSE-MIT=LICENSE'
  'terra-draw@1.35.0 MIT dist/terra-draw.modern.js=terra-draw.mjs mit:2022_James_Milner=LICENSE'
  'terra-draw-maplibre-gl-adapter@1.4.1 MIT dist/terra-draw-maplibre-gl-adapter.modern.js=adapter.mjs mit:2022_James_Milner=LICENSE'
)

mit() {
  cat <<MIT
Copyright $1

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
MIT
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
entries=()
for line in "${packages[@]}"; do
  read -r -a words <<<"$line"
  package=${words[0]} licence=${words[1]}
  name=${package%@*} version=${package##*@}
  folder=$(basename "$name")@$version
  case $name in @*/*) folder=$(tr -d @ <<<"$name" | tr / -)@$version ;; esac

  rm -rf "$work/package" "$folder"
  archive=$(cd "$work" && npm pack --silent "$package" | tail -1)
  tar xzf "$work/$archive" -C "$work"
  mkdir -p "$folder"
  sums=()
  for pair in "${words[@]:2}"; do
    from=${pair%=*} to=${pair#*=}
    case $pair in *=*) ;; *) to=$(basename "$from") ;; esac
    case $from in mit:*) # the archive names its licence without its text
      from=${from#mit:}; mit "${from//_/ }" >"$work/package/licence-text"; from=licence-text ;;
    esac
    # Source maps are not kept, so nothing may ask for them.
    sed '/^\/\/# sourceMappingURL=/d; /^\/\*# sourceMappingURL=.*\*\/$/d' "$work/package/$from" >"$folder/$to"
    sums+=("\"$to\": \"$(sha256sum "$folder/$to" | cut -d' ' -f1)\"")
  done
  entries+=("$(printf '  {\n    "name": "%s",\n    "version": "%s",\n    "licence": "%s",\n    "folder": "%s",\n    "files": {\n%s\n    }\n  }' \
    "$name" "$version" "$licence" "$folder" "$(printf '      %s,\n' "${sums[@]}" | sed '$ s/,$//')")")
done
{ echo '['; for i in "${!entries[@]}"; do
    printf '%s' "${entries[$i]}"; [ "$i" -lt $((${#entries[@]} - 1)) ] && echo , || echo
  done; echo ']'; } >vendor.json
