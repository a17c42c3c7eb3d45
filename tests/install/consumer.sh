#!/bin/sh
# A program that has only the installed tree can be built against it: by pkg-config and by
# find_package, with the shared and with the static library.  The tree is moved after it was
# installed, so nothing in it may remember where it was.
# Usage: consumer.sh BUILD CC   (from the root of the tree)
set -eu
build=$1 cc=$2 work=$1/consumer
rm -rf "$work" && mkdir "$work"
cmake --install "$build" --prefix "$work/first" >"$work/install.log"
mv "$work/first" "$work/prefix"

# The linker's idea of what the program needs tells the two libraries apart.
expect() { # program, yes or no: needs liblull.so.0
    if readelf -d "$1" | grep -q '\[liblull\.so\.0\]'; then needs=yes; else needs=no; fi
    [ "$needs" = "$2" ] || { echo "$1: needs liblull.so.0: $needs, expected $2"; exit 1; }
    LD_LIBRARY_PATH=$libdir "$1" | grep -q . || { echo "$1: printed nothing"; exit 1; }
    echo "$1: ok"
}

PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name lull.pc)")
libdir=$(dirname "$PKG_CONFIG_PATH")
export PKG_CONFIG_PATH
flags=$(pkg-config --cflags lull) libs=$(pkg-config --libs lull)
"$cc" $flags tests/install/consumer.c -o "$work/pc_shared" $libs
"$cc" $flags tests/install/consumer.c -o "$work/pc_static" -Wl,-Bstatic $libs -Wl,-Bdynamic
expect "$work/pc_shared" yes
expect "$work/pc_static" no

cmake -S tests/install -B "$work/cmake" -G Ninja -DCMAKE_C_COMPILER="$cc" \
    -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/cmake.log"
cmake --build "$work/cmake" >>"$work/cmake.log"
expect "$work/cmake/with_shared" yes
expect "$work/cmake/with_static" no

# Who embeds the stack does not carry the lab.
nm "$libdir/liblull.a" >"$work/symbols"
grep -qE ' T stack_' "$work/symbols" || { echo "liblull.a: no stack in it"; exit 1; }
if grep -E ' [A-Za-z] (sim|scenario|lab)_' "$work/symbols"; then echo "liblull.a: the lab is in it"; exit 1; fi
other=$(find "$work/prefix/include" -type f ! -path '*/include/lull/*.h')
[ -z "$other" ] || { echo "installed beside the public headers: $other"; exit 1; }

# A tree that contains ours needs neither what the program needs nor what the tests do.
PKG_CONFIG_LIBDIR=$work PKG_CONFIG_PATH='' cmake -S tests/install -B "$work/inside" -G Ninja \
    -DCMAKE_C_COMPILER="$cc" -DLULL_SOURCE="$PWD" >"$work/inside.log"
cmake --build "$work/inside" -- -t targets all >"$work/inside.targets"
grep -q '/src/stack/stack\.c\.o:' "$work/inside.targets" || { echo "inside: no stack"; exit 1; }
if grep -E '/src/(sim|scenario|lab|cli)/' "$work/inside.targets"; then echo "inside: more than the stack"; exit 1; fi

# The examples are written for a reader who has only the installed tree.
if [ -e "$work/prefix/include/lull/host.h" ]; then
    cmake -S examples -B "$work/examples" -G Ninja -DCMAKE_C_COMPILER="$cc" \
        -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/examples.log"
    cmake --build "$work/examples" >>"$work/examples.log"
    "$work/examples/echo_buffers"
fi
