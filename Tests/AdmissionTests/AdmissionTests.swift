// AdmissionTests
