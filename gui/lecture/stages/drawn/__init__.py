"""Stages that paint one picture, which develops from build to build."""
