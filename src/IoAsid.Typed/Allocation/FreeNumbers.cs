using System.Numerics;
using System.Runtime.CompilerServices;
using IoAsid.Typed.Core;

namespace IoAsid.Typed.Allocation;

/// <summary>
/// The free numbers of a space: a tree of 64-way bitmaps. A bit is set if a number below it is free. The lowest free number in a range is found
/// in a few steps, independent of the numbers in use. A node is made when a number below it is first taken.
/// </summary>
/// <remarks>
/// Not thread-safe: the space's gate guards it. A missing node stands for free numbers only. An operation that fails, also for lack of memory, leaves the tree unchanged.
/// </remarks>
internal sealed class FreeNumbers
{
    private const int BitsPerLevel = 6;
    private const int Fanout = 1 << BitsPerLevel;
    private const uint IndexMask = Fanout - 1;
    private const int LeafBits = 2 * BitsPerLevel;

    private static readonly LeafNode NothingCached = new() { Free = 0 };

    private readonly uint _highest;
    private readonly int _rootShift;
    private readonly Node _root;

    // The leaf of the lowest free number, or a leaf below it. No number before this leaf is free.
    private LeafNode _lowest;
    private uint _lowestBase;

    /// <param name="highest">The highest number of the space.</param>
    public FreeNumbers(uint highest)
    {
        _highest = highest;
        _rootShift = BitsPerLevel;
        while (_rootShift + BitsPerLevel < 32 && highest >> (_rootShift + BitsPerLevel) != 0)
            _rootShift += BitsPerLevel;

        _root = NewNode(_rootShift);

        // No number beyond the highest is free: truncated to 32 bits it would be a small number.
        _root.Free >>= Fanout - 1 - Index(highest, _rootShift);
        _lowest = _root as LeafNode ?? NothingCached;
    }

    /// <summary>
    /// Tries to find the lowest free number in the cached leaf. The last leaf also has numbers above the highest one, so the caller checks the range of the number.
    /// </summary>
    /// <returns>True if the number was found; false if a full search is needed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFindCached(out uint number)
    {
        number = 0;
        if (_lowest.Free == 0 && !TryFindLowestLeaf())
            return false;

        LeafNode leaf = _lowest;
        int index = BitOperations.TrailingZeroCount(leaf.Free);
        number = _lowestBase | (uint)index << BitsPerLevel | (uint)BitOperations.TrailingZeroCount(leaf.Word(index));
        return true;
    }

    /// <summary>Takes the number that <see cref="TryFindCached"/> found. Allocates no memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TakeCached(uint number) => Clear(_lowest, number);

    /// <summary>Tries to take the lowest free number in [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public bool TryTakeLowest(uint min, uint max, out uint number)
    {
        // The lowest free number of all is usually high enough. Otherwise the search skips numbers.
        if (TryFindLowest(out number) && (number >= min || TryFindFrom(min, out number)) && number <= max)
        {
            Take(number);
            return true;
        }

        return false;
    }

    public bool IsFree(uint number)
    {
        Node node = _root;
        for (int shift = _rootShift; ; shift -= BitsPerLevel)
        {
            int index = Index(number, shift);
            if (!node.IsFree(index))
                return false;

            if (shift == BitsPerLevel)
                return (Leaf(node).Word(index) >> Index(number, 0) & 1) != 0;

            if (Branch(node).Child(index) is not { } child)
                return true;

            node = child;
        }
    }

    /// <summary>Tries to take one given number.</summary>
    /// <returns>True if the number was free; false if it was taken before.</returns>
    public bool TryTake(uint number)
    {
        if (!IsFree(number))
            return false;

        Take(number);
        return true;
    }

    /// <summary>Takes the lowest free numbers of the group of a number that was taken. Allocates no memory.</summary>
    /// <param name="number">The number that was taken.</param>
    /// <param name="groupSize">The count of numbers in a group: a power of two up to 64.</param>
    /// <param name="most">The most numbers to take.</param>
    /// <returns>One bit for each number that was taken, the lowest for the first number of the number's group of 64.</returns>
    public ulong TakeNear(uint number, int groupSize, int most)
    {
        LeafNode leaf = LeafOf(number);
        uint first = number & ~IndexMask;
        ulong group = ulong.MaxValue >> (Fanout - groupSize) << (int)(number & IndexMask & ~(groupSize - 1u));
        ulong left = leaf.Word(Index(number, BitsPerLevel)) & group & (ulong.MaxValue >> (int)(IndexMask - Math.Min(_highest - first, IndexMask)));
        ulong taken = 0;
        for (int count = 0; count < most && left != 0; count++, left &= left - 1)
        {
            taken |= left & (0 - left);
            Clear(leaf, first | (uint)BitOperations.TrailingZeroCount(left));
        }

        return taken;
    }

    /// <summary>Returns a number. Allocates no memory, because a number that was taken has its nodes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Return(uint number)
    {
        if ((number ^ _lowestBase) >> LeafBits == 0 && _lowest.Free != 0)
            Set(_lowest, number);
        else
            ReturnFromRoot(number);
    }

    /// <summary>Removes the nodes above a number that stand for free numbers only. The leaf of the lowest free number stays.</summary>
    public void Trim(uint number)
    {
        Path path = default;
        Node? node = _root;
        int depth = 0;
        for (int shift = _rootShift; node is not null && shift > BitsPerLevel; shift -= BitsPerLevel)
        {
            path[depth++] = node;
            node = Branch(node).Child(Index(number, shift));
        }

        for (int shift = LeafBits; node is not null && node != _lowest && depth > 0 && node.IsAllFree; shift += BitsPerLevel)
        {
            node = path[--depth]!;
            Branch(node).Child(Index(number, shift)) = null;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Index(uint number, int shift) => (int)(number >> shift & IndexMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LeafNode Leaf(Node node) => Unsafe.As<LeafNode>(node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static BranchNode Branch(Node node) => Unsafe.As<BranchNode>(node);

    private static Node NewNode(int shift)
    {
        FaultPoint.Allocation();
        return shift == BitsPerLevel ? new LeafNode() : new BranchNode();
    }

    private bool TryFindLowest(out uint number)
    {
        number = _root.Free == 0 ? 0 : DescendLowest(_root, _rootShift, prefix: 0);
        return _root.Free != 0;
    }

    /// <summary>Returns the lowest free number below a node that has a free number.</summary>
    private static uint DescendLowest(Node node, int shift, uint prefix)
    {
        for (; ; shift -= BitsPerLevel)
        {
            int index = BitOperations.TrailingZeroCount(node.Free);
            prefix |= (uint)index << shift;
            if (shift == BitsPerLevel)
                return prefix | (uint)BitOperations.TrailingZeroCount(Leaf(node).Word(index));

            if (Branch(node).Child(index) is not { } child)
                return prefix;

            node = child;
        }
    }

    private bool TryFindFrom(uint min, out uint number)
    {
        number = 0;
        return TryFindFrom(_root, _rootShift, min, ref number);
    }

    /// <summary>Tries to find the lowest free number below a node that is at least <paramref name="min"/>. Recurses as deep as the tree: five levels at most.</summary>
    private static bool TryFindFrom(Node node, int shift, uint min, ref uint number)
    {
        int start = Index(min, shift);
        ulong later = node.Free & (ulong.MaxValue << start) & ~(1UL << start);
        if (node.IsFree(start) && TryFindFromWithin(node, shift, start, min, ref number))
            return true;

        if (later == 0)
            return false;

        int index = BitOperations.TrailingZeroCount(later);
        number |= (uint)index << shift;
        if (shift == BitsPerLevel)
            number |= (uint)BitOperations.TrailingZeroCount(Leaf(node).Word(index));
        else if (Branch(node).Child(index) is { } child)
            number = DescendLowest(child, shift - BitsPerLevel, number);

        return true;
    }

    private static bool TryFindFromWithin(Node node, int shift, int index, uint min, ref uint number)
    {
        uint prefix = number | (uint)index << shift;
        if (shift == BitsPerLevel)
        {
            ulong left = Leaf(node).Word(index) & (ulong.MaxValue << Index(min, 0));
            number = left == 0 ? number : prefix | (uint)BitOperations.TrailingZeroCount(left);
            return left != 0;
        }

        if (Branch(node).Child(index) is not { } child)
        {
            number = prefix | (min & ((1u << shift) - 1));
            return true;
        }

        uint found = prefix;
        bool any = TryFindFrom(child, shift - BitsPerLevel, min, ref found);
        number = any ? found : number;
        return any;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Set(LeafNode leaf, uint number)
    {
        int index = Index(number, BitsPerLevel);
        ref ulong word = ref leaf.Word(index);
        ulong before = word;
        word = before | 1UL << Index(number, 0);
        if (before == 0)
            leaf.Free |= 1UL << index;
    }

    private void ReturnFromRoot(uint number)
    {
        Node node = _root;
        for (int shift = _rootShift; shift > BitsPerLevel; shift -= BitsPerLevel)
        {
            int index = Index(number, shift);
            node.Free |= 1UL << index;
            node = Branch(node).Child(index)!;
        }

        Set(Leaf(node), number);
        if (number < _lowestBase)
            Remember(Leaf(node), number);
    }

    /// <summary>Returns the leaf of a number that was taken.</summary>
    private LeafNode LeafOf(uint number)
    {
        Node node = _root;
        for (int shift = _rootShift; shift > BitsPerLevel; shift -= BitsPerLevel)
            node = Branch(node).Child(Index(number, shift))!;

        return Leaf(node);
    }

    private void Remember(LeafNode leaf, uint number)
    {
        _lowest = leaf;
        _lowestBase = number >> LeafBits << LeafBits;
    }

    /// <summary>Tries to find the leaf of the lowest free number, and caches it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFindLowestLeaf()
    {
        Node? node = _root.Free != 0 ? _root : null;
        uint number = 0;
        for (int shift = _rootShift; node is not null && shift > BitsPerLevel; shift -= BitsPerLevel)
        {
            int index = BitOperations.TrailingZeroCount(node.Free);
            number |= (uint)index << shift;
            node = Branch(node).Child(index);
        }

        if (node is null)
            return false;

        Remember(Leaf(node), number);
        return true;
    }

    /// <summary>Takes a number that is free, and makes its missing nodes.</summary>
    private void Take(uint number)
    {
        Node node = _root;
        for (int shift = _rootShift; shift > BitsPerLevel; shift -= BitsPerLevel)
        {
            ref Node? child = ref Branch(node).Child(Index(number, shift));
            node = child ??= NewNode(shift - BitsPerLevel);
        }

        Clear(Leaf(node), number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Clear(LeafNode leaf, uint number)
    {
        int word = Index(number, BitsPerLevel);
        if ((leaf.Word(word) &= ~(1UL << Index(number, 0))) == 0 && (leaf.Free &= ~(1UL << word)) == 0)
            ClearAbove(number);
    }

    /// <summary>Clears the bits of a leaf without free numbers in the nodes above it.</summary>
    private void ClearAbove(uint number)
    {
        Path path = default;
        Node node = _root;
        int depth = 0;
        for (int shift = _rootShift; shift > BitsPerLevel; shift -= BitsPerLevel)
        {
            path[depth++] = node;
            node = Branch(node).Child(Index(number, shift))!;
        }

        for (int shift = LeafBits; node.Free == 0 && depth > 0; shift += BitsPerLevel)
        {
            node = path[--depth]!;
            node.Free &= ~(1UL << Index(number, shift));
        }
    }

    [InlineArray(Fanout)]
    private struct Words
    {
        private ulong _first;
    }

    [InlineArray(Fanout)]
    private struct Children
    {
        private Node? _first;
    }

    [InlineArray(4)]
    private struct Path
    {
        private Node? _first;
    }

    private abstract class Node
    {
        /// <summary>One bit for each child that has a free number.</summary>
        public ulong Free = ulong.MaxValue;

        /// <summary>Gets a value indicating whether all numbers below the node are free and no node is below it.</summary>
        public abstract bool IsAllFree { get; }

        public bool IsFree(int index) => (Free >> index & 1) != 0;
    }

    private sealed class BranchNode : Node
    {
        private Children _children;

        public override bool IsAllFree => Free == ulong.MaxValue && ((ReadOnlySpan<Node?>)_children).IndexOfAnyExcept((Node?)null) < 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref Node? Child(int index) => ref _children[index & (Fanout - 1)];
    }

    private sealed class LeafNode : Node
    {
        private Words _words;

        public override bool IsAllFree => ((ReadOnlySpan<ulong>)_words).IndexOfAnyExcept(ulong.MaxValue) < 0;

        public LeafNode() => ((Span<ulong>)_words).Fill(ulong.MaxValue);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref ulong Word(int index) => ref Unsafe.Add(ref Unsafe.As<Words, ulong>(ref _words), index & (Fanout - 1));
    }
}
