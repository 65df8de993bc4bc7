"""The bundled fictional board: a workspace with two nights of exports, for a first look and for the tests."""
