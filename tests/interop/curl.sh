#!/bin/bash
# curl fetches pages, indexes and errors; nothing outside the root can be had.
. "$(dirname "$0")/lib.sh"
need curl python3

mkdir -p "$work/root/sub"
echo "a page" >"$work/root/page.txt"
echo "<p>home</p>" >"$work/root/sub/index.html"
echo "secret" >"$work/secret.txt"
ln -s "$work/secret.txt" "$work/root/link.txt"
serve web --root "$work/root"
url=http://$lull

expect "a page" "$(curl -s -m 10 $url/page.txt)" "a page"
expect "<p>home</p>" "$(curl -s -m 10 $url/sub/)" "index.html of a directory"
curl -s -m 10 $url/ | grep -q 'href="/page.txt"' || fail "the list of a directory"
expect "text/plain; charset=utf-8 7" \
    "$(curl -s -m 10 -o /dev/null -w '%{content_type} %{size_download}' $url/page.txt)" "type and length"
expect "200 0" "$(curl -sI -m 10 -o /dev/null -w '%{http_code} %{size_download}' $url/page.txt)" "HEAD"

status() { curl -s -m 10 -o /dev/null -w '%{http_code}' "$@"; }
expect 404 "$(status $url/none)" "a file that does not exist"
expect 405 "$(status -d x=y $url/page.txt)" "POST"
expect 403 "$(status --path-as-is $url/../secret.txt)" "a path that leads out"
expect 403 "$(status $url/%2e%2e/secret.txt)" "an encoded path that leads out"
expect 403 "$(status $url/link.txt)" "a symbolic link that leads out"
expect 400 "$(status $url/%zz)" "a bad path"

stop "$served"
grep -q "11 connections (0 failed), 11 requests" "$work/web.out" \
    || fail "the summary: $(cat "$work/web.out")"
