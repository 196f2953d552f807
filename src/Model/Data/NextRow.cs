namespace Granary.Model.Data;

/// <summary>Takes the next row off what is left of a line, as the format's reader tells rows apart: blank lines and comments are none, and a carriage return may end one.</summary>
/// <param name="rest">What is left of the line; afterwards what is behind the row.</param>
/// <returns>The row; empty: there is none.</returns>
internal delegate ReadOnlySpan<byte> NextRow(ref ReadOnlySpan<byte> rest);
