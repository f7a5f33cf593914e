// certificates writes a certificate authority and a serving certificate of it, as the webhooks of the controllers need them:
// ca.crt, ca.key, tls.crt and tls.key in a folder. It saves the tests from depending on an openssl program.
package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"flag"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Long enough for any rotator that renews certificates months before they end.
const (
	validity = 5 * 365 * 24 * time.Hour
	keyBits  = 2048
)

func main() {
	dir := flag.String("dir", "", "folder to write to")
	names := flag.String("names", "127.0.0.1", "addresses and DNS names of the server, with commas between them")
	authority := flag.String("authority", "test-ca", "name of the authority")
	flag.Parse()
	if err := write(*dir, *authority, strings.Split(*names, ",")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir, name string, names []string) error {
	start := time.Now().Add(-time.Hour)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		// The rotator of the controllers takes only an authority that carries its name so, and an RSA key.
		DNSNames:              []string{name},
		NotBefore:             start,
		NotAfter:              start.Add(validity),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		BasicConstraintsValid: true,
		IsCA:                  true,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: names[len(names)-1]},
		NotBefore:    start,
		NotAfter:     start.Add(validity),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			server.IPAddresses = append(server.IPAddresses, ip)
		} else {
			server.DNSNames = append(server.DNSNames, name)
		}
	}
	authorityKey, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return err
	}
	serverKey, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return err
	}
	if err := pair(dir, "ca", authority, authority, authorityKey, authorityKey); err != nil {
		return err
	}
	return pair(dir, "tls", server, authority, serverKey, authorityKey)
}

func pair(dir, name string, of, by *x509.Certificate, key, signer *rsa.PrivateKey) error {
	certificate, err := x509.CreateCertificate(rand.Reader, of, by, &key.PublicKey, signer)
	if err != nil {
		return err
	}
	private := x509.MarshalPKCS1PrivateKey(key)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	if err := os.WriteFile(filepath.Join(dir, name+".crt"), text, 0o600); err != nil {
		return err
	}
	secret := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: private})
	return os.WriteFile(filepath.Join(dir, name+".key"), secret, 0o600)
}
