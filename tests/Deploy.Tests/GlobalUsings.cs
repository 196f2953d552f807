global using Granary.Architecture.Tests;
