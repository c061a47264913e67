"""Tests of the stages that paint one picture."""
