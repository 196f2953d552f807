using System.Reflection;
using System.Reflection.Emit;
using TorchSharp;

namespace Granary.Model.Tests.Networks;

/// <summary>
/// TorchSharp hands torch the bare address of a Scalar: one that nothing holds can be freed by a garbage collection in the middle of the call, and the
/// process ends. It happens once in many thousand calls, so the compiled code is read instead: a number that becomes a Scalar goes into a field or a
/// variable, and functions that make one of their own are not called.
/// </summary>
public class HeldScalarTests
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(c => c.Value);

    private static readonly HashSet<MethodBase> MakersOfTheirOwn = Makers();

    private readonly record struct Instruction(OpCode Code, MethodBase? Callee);

    [Fact]
    public void Nothing_here_passes_a_scalar_that_nothing_holds() => Assert.Empty(
        Methods(typeof(Granary.Model.Networks.INetwork).Assembly).SelectMany(m => Faults(m).Select(f => $"{m.DeclaringType}.{m.Name}: {f}")));

    [Theory]
    [InlineData(nameof(Passed), true)]
    [InlineData(nameof(Added), true)]
    [InlineData(nameof(Scaled), true)]
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

    private static IEnumerable<string> Faults(MethodBase method)
    {
        var code = Read(method);
        for (var i = 0; i < code.Count; i++)
        {
            if (code[i].Callee is not { } callee)
            {
                continue;
            }

            if (Makes(callee) && !Stores(code[i + 1].Code))
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

    private static bool Stores(OpCode code) => code.Name!.StartsWith("st", StringComparison.Ordinal);

    // Operations of tensors that pass a number on as a Scalar, and those that only call one of these.
    private static HashSet<MethodBase> Makers()
    {
        var methods = Methods(typeof(torch.Tensor)).Concat(Methods(typeof(torch))).Select(m => (Method: m, Code: Read(m))).ToArray();
        var makers = methods.Where(m => m.Code.Any(c => c.Callee is { } callee && Makes(callee))).Select(m => m.Method).ToHashSet();
        for (var before = -1; before != makers.Count;)
        {
            before = makers.Count;
            makers.UnionWith(methods.Where(m => m.Code.Any(c => c.Callee is { } callee && makers.Contains(callee))).Select(m => m.Method));
        }

        return makers;
    }

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
            found.Add(new Instruction(code, code.OperandType == OperandType.InlineMethod ? Resolve(method, BitConverter.ToInt32(bytes, at)) : null));
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
