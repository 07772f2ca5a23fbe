"""Signatures over chip data."""
