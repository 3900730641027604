package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"streetbook/assets"
)

// secured is the listener of the server, with or without TLS.
type secured struct {
	listener  net.Listener
	scheme    string
	authority []byte // the certificate that phones must trust, PEM
}

// secure wraps the listener as the flags say.
func (c serveCmd) secure(r *run, l net.Listener) (secured, error) {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return secured{}, assets.Errorf(assets.Invalid, "tls-cert", "--tls-cert 与 --tls-key 须同时给出", "--tls-cert and --tls-key belong together")
	case c.TLSCert != "" && c.TLS == "self":
		return secured{}, assets.Errorf(assets.Invalid, "tls", "--tls=self 与 --tls-cert 只能选一", "either --tls=self or --tls-cert")
	case c.TLSCert != "":
		pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
		if err != nil {
			return secured{}, fmt.Errorf("--tls-cert: %w", err)
		}
		return secured{tls.NewListener(l, tlsConfig(pair)), "https", nil}, nil
	case c.TLS == "self":
		return c.secureSelf(r, l)
	}
	return secured{l, "http", nil}, nil
}

func tlsConfig(pair tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
}

// secureSelf serves with a certificate of the program's own authority, and says
// how a phone comes to trust it.
func (c serveCmd) secureSelf(r *run, l net.Listener) (secured, error) {
	ca, err := openAuthority(filepath.Join(c.Data, "tls"))
	if err != nil {
		return secured{}, fmt.Errorf("--tls=self: %w", err)
	}
	names, addresses := c.hostNames(l)
	pair, err := ca.certify(names, addresses)
	if err != nil {
		return secured{}, fmt.Errorf("--tls=self: %w", err)
	}
	r.say(assets.Errorf("", "", "自签根证书：%s\n  SHA-256 %s\n  在手机上打开 /trust，按说明安装一次；也可直接分发此文件。证书适用于：%v %v",
		"root certificate of this server: %s\n  SHA-256 %s\n  open /trust on a phone and follow it once, or hand out the file. Certified names: %v %v",
		ca.file, fmt.Sprintf("% X", sha256.Sum256(ca.certificate.Raw)), names, addresses).Text)
	return secured{tls.NewListener(l, tlsConfig(pair)), "https", ca.pem}, nil
}

// hostNames are what people may call this server: localhost, the machine's name,
// the public address, and the addresses that it listens on.
func (c serveCmd) hostNames(l net.Listener) (names []string, addresses []net.IP) {
	names = []string{"localhost"}
	if name, err := os.Hostname(); err == nil && !slices.Contains(names, name) {
		names = append(names, name)
	}
	if u, err := url.Parse(c.PublicURL); err == nil && u.Hostname() != "" {
		if ip := net.ParseIP(u.Hostname()); ip != nil {
			addresses = append(addresses, ip)
		} else {
			names = append(names, u.Hostname())
		}
	}
	addresses = append(addresses, net.IPv4(127, 0, 0, 1), net.IPv6loopback)
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok || !at.IP.IsUnspecified() {
		if ok && !at.IP.IsLoopback() {
			addresses = append(addresses, at.IP)
		}
		return names, addresses
	}
	interfaces, err := net.InterfaceAddrs()
	if err != nil {
		return names, addresses // the loopback is still served
	}
	for _, a := range interfaces {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			addresses = append(addresses, n.IP)
		}
	}
	return names, addresses
}

// authority is a certificate authority for one server, made at the first start
// and kept: phones trust it once.
type authority struct {
	file        string
	pem         []byte
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Lives of the certificates. Apple's devices refuse server certificates of more
// than 825 days; one is made at every start.
const (
	authorityLife   = 20 * 365 * 24 * time.Hour
	certificateLife = 800 * 24 * time.Hour
)

// openAuthority reads the authority in a folder, or makes one there. The file of
// both is written beside and moved, so that a kill leaves all or nothing.
func openAuthority(dir string) (*authority, error) {
	file := filepath.Join(dir, "authority.pem")
	both, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if both, err = makeAuthority(); err == nil {
			err = writeSecret(dir, file, both)
		}
	}
	if err != nil {
		return nil, err
	}
	a := &authority{file: filepath.Join(dir, "ca.crt")}
	for block, rest := pem.Decode(both); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			a.pem = pem.EncodeToMemory(block)
			a.certificate, err = x509.ParseCertificate(block.Bytes)
		case "EC PRIVATE KEY":
			a.key, err = x509.ParseECPrivateKey(block.Bytes)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	if a.certificate == nil || a.key == nil {
		return nil, fmt.Errorf("%s holds no certificate with its key", file)
	}
	return a, os.WriteFile(a.file, a.pem, 0o644)
}

func writeSecret(dir, file string, content []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

func makeAuthority() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: "Streetbook " + host, Organization: []string{"Streetbook"}},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, block := range []*pem.Block{{Type: "CERTIFICATE", Bytes: der}, {Type: "EC PRIVATE KEY", Bytes: secret}} {
		if err := pem.Encode(&b, block); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// certify makes a server certificate for names and addresses.
func (a *authority) certify(names []string, addresses []net.IP) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: serial(), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, IPAddresses: addresses,
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key)
	return tls.Certificate{Certificate: [][]byte{der, a.certificate.Raw}, PrivateKey: key}, err
}

func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b)
	b[0] &= 0x7f // positive
	return new(big.Int).SetBytes(b)
}
