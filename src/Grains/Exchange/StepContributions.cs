using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Which subtrees have a sum in a step, whose they are, and the additions that make the whole tree's sum of them. Most steps have
/// the same as the one before: nothing is rebuilt for those.</summary>
internal sealed class StepContributions
{
    private readonly ExchangeLayout _layout;
    private readonly BatchPlan _batches;
    private readonly (int Member, int Part, TreeNode Node)[] _parts;
    private readonly bool[] _active;
    private readonly int[][] _places; // [member][part], -1: nothing in this step

    public StepContributions(ExchangeLayout layout, BatchPlan batches)
    {
        (_layout, _batches) = (layout, batches);
        _parts = [.. Enumerable.Range(0, layout.Plan.Members).SelectMany(m => layout.Cover(m).Select((node, part) => (m, part, node)))];
        _active = new bool[_parts.Length];
        _places = [.. Enumerable.Range(0, layout.Plan.Members).Select(m => new int[layout.Cover(m).Count])];
    }

    /// <summary>Those with a sum, by member and by place in its cover.</summary>
    public (int Member, int Part)[] All { get; private set; } = [];

    /// <summary>See <see cref="SumProgram"/>.</summary>
    public int[] Program { get; private set; } = [];

    /// <summary>Turns to a step.</summary>
    public void Turn(long step)
    {
        var same = All.Length > 0;
        for (var i = 0; i < _parts.Length; i++)
        {
            var active = _layout.IsActive(_parts[i].Node, _batches, step);
            same &= active == _active[i];
            _active[i] = active;
        }

        if (!same)
        {
            Make();
        }
    }

    private void Make()
    {
        var active = _parts.Where((_, i) => _active[i]).ToArray();
        All = [.. active.Select(p => (p.Member, p.Part))];
        Program = SumProgram.Build(_layout.Tree, [.. active.Select(p => p.Node)]);
        Array.ForEach(_places, p => Array.Fill(p, -1));
        for (var i = 0; i < All.Length; i++)
        {
            _places[All[i].Member][All[i].Part] = i;
        }
    }

    /// <summary>The place of a part in <see cref="All"/>; -1 where it has nothing in this step, or is none.</summary>
    public int PlaceOf(int member, int part) => (uint)part < (uint)_places[member].Length ? _places[member][part] : -1;
}
