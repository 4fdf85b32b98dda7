// ResponderTests
