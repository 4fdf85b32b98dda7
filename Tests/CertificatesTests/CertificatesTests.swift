// CertificatesTests
