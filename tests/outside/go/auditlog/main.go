// Auditlog checks a folder of a log with the Go authors' own code: golang.org/x/mod/sumdb/note and tlog.
//
//	auditlog <folder> <log vkey> [<witness vkey>...]
//
// The folder holds:
//
//	checkpoint            the newest signed checkpoint
//	checkpoint.<size>     optionally, older ones that somebody kept
//	tile/...              tiles of hashes and bundles of entries (C2SP tlog-tiles)
//	proofs/<index>        optionally, tlog-proof files
//
// It believes nothing in the folder but what it can derive: the signatures of the log and of every witness named; the root,
// computed anew from all entries; every tile against hashes computed from the entries; a proof of inclusion of every entry and
// of consistency with every kept checkpoint, made from the tiles and checked by tlog.CheckRecord and tlog.CheckTree; every
// proof file. It prints a line and exits with 0 where all holds, and says what does not and exits with 1 where not.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) < 3 {
		fail("usage: auditlog <folder> <log vkey> [<witness vkey>...]")
	}
	folder := os.Args[1]
	verifiers, err := keys(os.Args[2], os.Args[3:])
	check(err)

	head, err := read(filepath.Join(folder, "checkpoint"), verifiers)
	check(err)
	entries, err := readEntries(folder, head.tree.N)
	check(err)
	fromEntries, err := hashesOf(entries)
	check(err)

	root, err := tlog.TreeHash(head.tree.N, fromEntries)
	check(err)
	if root != head.tree.Hash {
		fail("the entries lead to another root than the checkpoint's")
	}
	fromTiles := &tiles{folder: folder, size: head.tree.N}
	tileCount, err := fromTiles.checkAll(fromEntries)
	check(err)
	for i, entry := range entries {
		index := int64(i)
		proof, err := tlog.ProveRecord(head.tree.N, index, fromTiles)
		check(err)
		check(tlog.CheckRecord(proof, head.tree.N, head.tree.Hash, index, tlog.RecordHash(entry)))
	}

	older, err := filepath.Glob(filepath.Join(folder, "checkpoint.*"))
	check(err)
	sort.Strings(older)
	for _, path := range older {
		old, err := read(path, verifiers)
		check(err)
		if old.origin != head.origin {
			fail("%s is of another log", filepath.Base(path))
		}
		if old.tree.N > head.tree.N {
			fail("the log went back from %d to %d", old.tree.N, head.tree.N)
		}
		proof, err := tlog.ProveTree(head.tree.N, old.tree.N, fromTiles)
		check(err)
		check(tlog.CheckTree(proof, head.tree.N, head.tree.Hash, old.tree.N, old.tree.Hash))
	}

	proofs, err := filepath.Glob(filepath.Join(folder, "proofs", "*"))
	check(err)
	for _, path := range proofs {
		check(checkProof(path, verifiers, entries))
	}
	fmt.Printf("accepted: %d entries, %d tiles, %d older checkpoints, %d proofs\n",
		len(entries), tileCount, len(older), len(proofs))
}

// keys makes the verifiers that must all have signed.
func keys(log string, witnesses []string) ([]note.Verifier, error) {
	v, err := note.NewVerifier(log)
	if err != nil {
		return nil, fmt.Errorf("log key: %v", err)
	}
	list := []note.Verifier{v}
	for _, vkey := range witnesses {
		w, err := newWitness(vkey)
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, nil
}

// witness verifies cosignature/v1 (C2SP tlog-cosignature), which the note package leaves to its users.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("witness key %q is malformed", vkey)
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 0x04 {
		return nil, fmt.Errorf("witness key %q is not of type 0x04", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, fmt.Errorf("witness key %q has another id", vkey)
	}
	return &witness{parts[0], hash, key[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, msg)
	return ed25519.Verify(w.key, []byte(signed), sig[8:])
}

type checkpoint struct {
	origin string
	tree   tlog.Tree
}

func read(path string, verifiers []note.Verifier) (checkpoint, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return checkpoint{}, err
	}
	return open(data, verifiers)
}

// open demands a valid signature of every verifier, and reads the checkpoint from the text that was signed.
func open(data []byte, verifiers []note.Verifier) (checkpoint, error) {
	signed, err := note.Open(data, note.VerifierList(verifiers...))
	if err != nil {
		return checkpoint{}, err
	}
	if len(signed.Sigs) != len(verifiers) {
		return checkpoint{}, fmt.Errorf("%d of %d keys signed the checkpoint", len(signed.Sigs), len(verifiers))
	}
	origin, rest, found := strings.Cut(signed.Text, "\n")
	if !found || origin != verifiers[0].Name() {
		return checkpoint{}, fmt.Errorf("the origin %q is not the log's name", origin)
	}
	// The go.sum database has its own first line; what follows it is a checkpoint's.
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	return checkpoint{origin, tree}, err
}

// path is that of the C2SP specification, which leaves out the height and says "entries" for "data".
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", height))
	return filepath.Join("tile", strings.Replace(p, "data/", "entries/", 1))
}

func tileOf(level int, number, size int64) tlog.Tile {
	width := size>>(uint(level)*height) - number<<height
	if width > 1<<height {
		width = 1 << height
	}
	return tlog.Tile{H: height, L: level, N: number, W: int(width)}
}

func readEntries(folder string, size int64) ([][]byte, error) {
	var entries [][]byte
	for number := int64(0); number<<height < size; number++ {
		t := tileOf(0, number, size)
		t.L = -1
		data, err := os.ReadFile(filepath.Join(folder, path(t)))
		if err != nil {
			return nil, err
		}
		for i := 0; i < t.W; i++ {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("%s ends inside an entry", path(t))
			}
			length := int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
		if len(data) != 0 {
			return nil, fmt.Errorf("%s holds more entries than its width", path(t))
		}
	}
	return entries, nil
}

func hashesOf(entries [][]byte) (tlog.HashReader, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			if index >= int64(len(stored)) {
				return nil, fmt.Errorf("hash %d is beyond the tree", index)
			}
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for i, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(i), entry, reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
	}
	return reader, nil
}

// tiles reads hashes from the tiles of the folder as they are. What is derived from them is checked against the root.
type tiles struct {
	folder string
	size   int64
	cache  map[tlog.Tile][]byte
}

func (r *tiles) tile(t tlog.Tile) ([]byte, error) {
	if data, found := r.cache[t]; found {
		return data, nil
	}
	data, err := os.ReadFile(filepath.Join(r.folder, path(t)))
	if err != nil {
		return nil, err
	}
	if len(data) != t.W*tlog.HashSize {
		return nil, fmt.Errorf("%s has %d bytes", path(t), len(data))
	}
	if r.cache == nil {
		r.cache = make(map[tlog.Tile][]byte)
	}
	r.cache[t] = data
	return data, nil
}

func (r *tiles) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		t := tlog.TileForIndex(height, index)
		t = tileOf(t.L, t.N, r.size)
		data, err := r.tile(t)
		if err != nil {
			return nil, err
		}
		if hashes[i], err = tlog.HashFromTile(t, data, index); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// checkAll compares every tile of the tree with the hashes computed from the entries.
func (r *tiles) checkAll(computed tlog.HashReader) (int, error) {
	count := 0
	for level := 0; r.size>>(uint(level)*height) > 0; level++ {
		for number := int64(0); number<<height < r.size>>(uint(level)*height); number++ {
			t := tileOf(level, number, r.size)
			data, err := r.tile(t)
			if err != nil {
				return 0, err
			}
			needed, err := tlog.ReadTileData(t, computed)
			if err != nil {
				return 0, err
			}
			if !bytes.Equal(data, needed) {
				return 0, fmt.Errorf("%s is not what the entries give", path(t))
			}
			count++
		}
	}
	return count, nil
}

// checkProof checks a C2SP tlog-proof of one of the entries.
func checkProof(file string, verifiers []note.Verifier, entries [][]byte) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	head, signed, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("%s is no proof", file)
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") && len(lines) > 1 {
		lines = lines[1:]
	}
	number := strings.TrimPrefix(lines[0], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil || lines[0] != fmt.Sprintf("index %d", index) || index < 0 || index >= int64(len(entries)) {
		return fmt.Errorf("%s has no index of the log", file)
	}
	var proof tlog.RecordProof
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return err
		}
		proof = append(proof, hash)
	}
	c, err := open([]byte(signed), verifiers)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, c.tree.N, c.tree.Hash, index, tlog.RecordHash(entries[index]))
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "refused: "+format+"\n", args...)
	os.Exit(1)
}
