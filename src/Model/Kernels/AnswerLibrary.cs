using System.Buffers.Binary;
using System.Text;

namespace Granary.Model.Kernels;

/// <summary>
/// A shared library for Linux on x64 with one function, which answers 1 and notes that it was asked. Its few hundred bytes are written here,
/// because a build with .NET alone has no C compiler. The format: System V ABI, chapters 4 and 5, and its supplement for AMD64.
/// </summary>
internal static class AnswerLibrary
{
    /// <summary>The symbol of the byte that is 1 once the function has been called.</summary>
    public const string AskedSymbol = "granary_answer_was_asked";

    private const int Page = 0x1000; // the first is code and tables, the second is data
    private const int Code = 0x400;
    private const int DynamicSize = 6 * 16;
    private const int Asked = Page + DynamicSize;
    private const int Size = Asked + 8;
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const int SymbolSize = 24;

    /// <summary>The file's bytes.</summary>
    /// <param name="function">The function's name in C: int function(void).</param>
    public static byte[] Build(string function)
    {
        var strings = Encoding.ASCII.GetBytes($"\0{function}\0{AskedSymbol}\0");
        var file = new byte[Size];
        var (symbols, hash) = (HeaderSize + (4 * SegmentSize), HeaderSize + (4 * SegmentSize) + (3 * SymbolSize));
        var names = hash + (6 * 4);
        if (names + strings.Length > Code)
        {
            throw new ArgumentException($"a name of {function.Length} characters is too long.", nameof(function));
        }

        Header(file);
        Segment(file, 0, type: 1, flags: 5, offset: 0, size: Page); // loaded: read, execute
        Segment(file, 1, type: 1, flags: 6, offset: Page, size: Size - Page); // loaded: read, write
        Segment(file, 2, type: 2, flags: 6, offset: Page, size: DynamicSize); // the dynamic section
        Segment(file, 3, type: 0x6474e551, flags: 6, offset: 0, size: 0); // a stack that is not executable
        Symbol(file, symbols + SymbolSize, name: 1, kind: 2, Code, size: 13);
        Symbol(file, symbols + (2 * SymbolSize), name: 2 + function.Length, kind: 1, Asked, size: 1);
        Int32(file, hash, 1, 3, 1, 0, 2, 0); // one bucket: symbol 1, then symbol 2
        strings.CopyTo(file, names);
        byte[] code = [0xC6, 0x05, 0, 0, 0, 0, 1, 0xB8, 1, 0, 0, 0, 0xC3]; // mov byte [asked], 1; mov eax, 1; ret
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(2), Asked - (Code + 7)); // from the next instruction
        code.CopyTo(file, Code);
        Int64(file, Page, 4, hash, 5, names, 6, symbols, 10, strings.Length, 11, SymbolSize, 0, 0); // HASH, STRTAB, SYMTAB, STRSZ, SYMENT, the end
        return file;
    }

    private static void Header(Span<byte> file)
    {
        ReadOnlySpan<byte> kind = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]; // 64 bits, little endian, version 1
        kind.CopyTo(file);
        Int16(file, 16, 3, 62); // a shared object for AMD64
        Int32(file, 20, 1);
        Int64(file, 32, HeaderSize); // segments follow; no sections
        Int16(file, 52, HeaderSize, SegmentSize, 4, 64);
    }

    private static void Segment(Span<byte> file, int index, int type, int flags, int offset, int size)
    {
        var at = HeaderSize + (index * SegmentSize);
        Int32(file, at, type, flags);
        Int64(file, at + 8, offset, offset, offset, size, size, type == 1 ? Page : 8);
    }

    private static void Symbol(Span<byte> file, int at, int name, byte kind, int value, int size)
    {
        Int32(file, at, name);
        (file[at + 4], file[at + 6]) = ((byte)(0x10 | kind), 1); // global; in a section, whichever
        Int64(file, at + 8, value, size);
    }

    private static void Int16(Span<byte> file, int at, params ReadOnlySpan<short> values)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file[at..], value);
            at += 2;
        }
    }

    private static void Int32(Span<byte> file, int at, params ReadOnlySpan<int> values)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt32LittleEndian(file[at..], value);
            at += 4;
        }
    }

    private static void Int64(Span<byte> file, int at, params ReadOnlySpan<long> values)
    {
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(file[at..], value);
            at += 8;
        }
    }
}
