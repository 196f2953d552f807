using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;

namespace Granary.Model.Tests.Networks;

/// <summary>
/// TorchSharp hands torch the bare address of a Scalar: one that nothing holds can be freed by a garbage collection in the middle of the call, and the
/// process ends. It happens once in many thousand calls, so the compiled code is read instead: a number that becomes a Scalar goes into a field, or into a
/// variable that is disposed later on (nothing else keeps a variable alive beyond its last use), and functions that make one of their own are not called.
/// </summary>
public class HeldScalarTests
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    private static readonly HashSet<MethodBase> MakersOfTheirOwn = Makers();

    private readonly record struct Instruction(OpCode Code, MethodBase? Callee, int? Local);

    [Fact]
    public void Nothing_here_passes_a_scalar_that_nothing_holds() => Assert.Empty(Faults(Methods(typeof(Granary.Model.Networks.INetwork).Assembly)));

    // Its source is compiled into these tests, too.
    [Fact]
    public void Nor_does_the_sample() => Assert.Empty(Faults(WithNested(typeof(Granary.Samples.DigitsCnn)).SelectMany(Methods)));

    [Theory]
    [InlineData(nameof(Passed), true)]
    [InlineData(nameof(Added), true)]
    [InlineData(nameof(Scaled), true)]
    [InlineData(nameof(Dropped), true)]
    [InlineData(nameof(Clamped), true)]
    [InlineData(nameof(Held), false)]
    [InlineData(nameof(Subtracted), false)]
    public void It_is_seen_in_the_compiled_code(string method, bool wrong) =>
        Assert.Equal(wrong, Faults(typeof(HeldScalarTests).GetMethod(method, All)!).Any());

    private static torch.Tensor Passed(long n) => torch.full(n, float.NaN);

    private static torch.Tensor Added(torch.Tensor a) => a + a;

    private static torch.Tensor Scaled(torch.Tensor a) => a * 2;

    private static torch.Tensor Subtracted(torch.Tensor a) => a - a;

    private static torch.Tensor Held(torch.Tensor a)
    {
        using Scalar two = 2;
        return a.mul(two);
    }

    private static torch.Tensor Dropped(torch.Tensor a)
    {
        Scalar two = 2;
        return a.mul(two);
    }

    private static torch.Tensor Clamped(torch.Tensor a) => torch.nn.functional.hardtanh(a, -1, 1);

    private static IEnumerable<string> Faults(IEnumerable<MethodBase> methods) => methods.SelectMany(m => Faults(m).Select(f => $"{m.DeclaringType}.{m.Name}: {f}"));

    private static IEnumerable<string> Faults(MethodBase method)
    {
        var code = Read(method);
        for (var i = 0; i < code.Count; i++)
        {
            if (code[i].Callee is not { } callee)
            {
                continue;
            }

            if (Makes(callee) && !IsHeld(code, i + 1))
            {
                yield return "a number becomes a Scalar on its way into a call";
            }
            else if (MakersOfTheirOwn.Contains(callee))
            {
                yield return $"{callee} makes a Scalar of its own";
            }
        }
    }

    private static bool Makes(MethodBase method) =>
        (method.DeclaringType == typeof(Scalar) && method.Name == "op_Implicit") || method is { Name: "ToScalar", DeclaringType.Namespace: "TorchSharp" };

    // `using` loads the variable once more at the end, to dispose it.
    private static bool IsHeld(List<Instruction> code, int at) => code[at].Code.Name is "stfld" or "stsfld"
        || (code[at] is { Local: { } local } stored && stored.Code.Name!.StartsWith("stloc", StringComparison.Ordinal)
            && Enumerable.Range(at + 1, code.Count - at - 2).Any(i => code[i].Local == local && code[i].Code.Name!.StartsWith("ldloc.", StringComparison.Ordinal)
                && code[i + 1].Callee is { Name: "Dispose" }));

    // Functions of torch that pass a number on as a Scalar, and those that only call one of these.
    private static HashSet<MethodBase> Makers()
    {
        var methods = WithNested(typeof(torch)).SelectMany(Methods).Select(m => (Method: m, Code: Read(m))).ToArray();
        var makers = methods.Where(m => Enumerable.Range(0, m.Code.Count).Any(i => m.Code[i].Callee is { } callee && Makes(callee) && !IsHeld(m.Code, i + 1))).Select(m => m.Method).ToHashSet();
        for (var before = -1; before != makers.Count;)
        {
            before = makers.Count;
            makers.UnionWith(methods.Where(m => m.Code.Any(c => c.Callee is { } callee && makers.Contains(callee))).Select(m => m.Method));
        }

        return makers;
    }

    private static IEnumerable<Type> WithNested(Type type) => type.GetNestedTypes(All).SelectMany(WithNested).Prepend(type);

    private static IEnumerable<MethodBase> Methods(Assembly assembly) => assembly.GetTypes().SelectMany(Methods);

    private static IEnumerable<MethodBase> Methods(Type type) =>
        type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)).Where(m => m.GetMethodBody() is not null);

    private static List<Instruction> Read(MethodBase method)
    {
        var bytes = method.GetMethodBody()!.GetILAsByteArray()!;
        var found = new List<Instruction>();
        for (var at = 0; at < bytes.Length;)
        {
            var code = Codes[bytes[at] == 0xFE ? (short)(0xFE00 | bytes[++at]) : bytes[at]];
            at++;
            var callee = code.OperandType == OperandType.InlineMethod ? Resolve(method, BitConverter.ToInt32(bytes, at)) : null;
            int? local = code.OperandType == OperandType.ShortInlineVar ? bytes[at] : code.OperandType == OperandType.InlineVar ? BitConverter.ToUInt16(bytes, at)
                : code.Name!.Contains("loc.", StringComparison.Ordinal) ? code.Name[^1] - '0' : null;
            found.Add(new Instruction(code, callee, local));
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes, at)),
                _ => 4,
            };
        }

        return found;
    }

    private static MethodBase? Resolve(MethodBase method, int token) => method.Module.ResolveMethod(
        token, method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null);
}
