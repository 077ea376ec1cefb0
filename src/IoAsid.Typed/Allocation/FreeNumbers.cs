using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace IoAsid.Typed.Allocation;

/// <summary>
/// The free numbers of a space: a tree of 64-way bitmaps, in which a bit says that something below it is free. Finds the lowest free
/// number in a range in a few steps, whatever the space holds. Nodes are made when a number below them is first taken.
/// </summary>
/// <remarks>
/// Not thread-safe: the space's gate guards it. A missing node stands for numbers that are all free. An operation that fails, also for want of memory, leaves the tree as it was.
/// </remarks>
internal sealed class FreeNumbers
{
    private const int BitsPerLevel = 6;
    private const int Fanout = 1 << BitsPerLevel;
    private const uint IndexMask = Fanout - 1;
    private const int LeafBits = 2 * BitsPerLevel;

    private readonly int _rootShift;
    private readonly Node _root;

    /// <param name="highest">The highest number of the space.</param>
    public FreeNumbers(uint highest)
    {
        _rootShift = BitsPerLevel;
        while (_rootShift + BitsPerLevel < 32 && highest >> (_rootShift + BitsPerLevel) != 0)
        {
            _rootShift += BitsPerLevel;
        }

        _root = NewNode(_rootShift);
    }

    /// <summary>Takes the lowest free number in [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public bool TryTakeLowest(uint min, uint max, out uint number)
    {
        // Mostly the lowest of all is high enough; only otherwise must the search skip numbers.
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
            {
                return false;
            }

            if (shift == BitsPerLevel)
            {
                return (Leaf(node).Word(index) >> Index(number, 0) & 1) != 0;
            }

            if (Branch(node).Child(index) is not { } child)
            {
                return true;
            }

            node = child;
        }
    }

    /// <summary>Takes this very number.</summary>
    /// <returns>False if it was taken already.</returns>
    public bool TryTake(uint number)
    {
        if (!IsFree(number))
        {
            return false;
        }

        Take(number);
        return true;
    }

    /// <summary>Makes a number free again.</summary>
    public void Return(uint number)
    {
        Node node = _root;
        for (int shift = _rootShift; shift > BitsPerLevel; shift -= BitsPerLevel)
        {
            int index = Index(number, shift);
            node.Free |= 1UL << index;
            Debug.Assert(Branch(node).Child(index) is not null, "A number that was taken has its nodes.");
            node = Branch(node).Child(index)!;
        }

        int last = Index(number, BitsPerLevel);
        node.Free |= 1UL << last;
        Leaf(node).Word(last) |= 1UL << Index(number, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Index(uint number, int shift) => (int)(number >> shift & IndexMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static LeafNode Leaf(Node node) => Unsafe.As<LeafNode>(node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static BranchNode Branch(Node node) => Unsafe.As<BranchNode>(node);

    private static Node NewNode(int shift) => shift == BitsPerLevel ? new LeafNode() : new BranchNode();

    private bool TryFindLowest(out uint number)
    {
        number = 0;
        return _root.Free != 0 && DescendLowest(_root, _rootShift, ref number);
    }

    /// <summary>Completes a number with the lowest free one below a node that has one.</summary>
    private static bool DescendLowest(Node node, int shift, ref uint number)
    {
        for (; ; shift -= BitsPerLevel)
        {
            int index = BitOperations.TrailingZeroCount(node.Free);
            number |= (uint)index << shift;
            if (shift == BitsPerLevel)
            {
                number |= (uint)BitOperations.TrailingZeroCount(Leaf(node).Word(index));
                return true;
            }

            if (Branch(node).Child(index) is not { } child)
            {
                return true;
            }

            node = child;
        }
    }

    private bool TryFindFrom(uint min, out uint number)
    {
        number = 0;
        return TryFindFrom(_root, _rootShift, min, ref number);
    }

    /// <summary>The lowest free number below a node that is not below <paramref name="min"/>. As deep as the tree: five levels at most.</summary>
    private static bool TryFindFrom(Node node, int shift, uint min, ref uint number)
    {
        int start = Index(min, shift);
        ulong later = node.Free & (ulong.MaxValue << start) & ~(1UL << start);
        if (node.IsFree(start) && TryFindFromWithin(node, shift, start, min, ref number))
        {
            return true;
        }

        if (later == 0)
        {
            return false;
        }

        int index = BitOperations.TrailingZeroCount(later);
        number |= (uint)index << shift;
        if (shift == BitsPerLevel)
        {
            number |= (uint)BitOperations.TrailingZeroCount(Leaf(node).Word(index));
            return true;
        }

        return Branch(node).Child(index) is not { } child || DescendLowest(child, shift - BitsPerLevel, ref number);
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

    private void Take(uint number)
    {
        Path path = default;
        Node node = _root;
        int depth = 0;
        for (int shift = _rootShift; shift > BitsPerLevel; shift -= BitsPerLevel)
        {
            path[depth++] = node;
            ref Node? child = ref Branch(node).Child(Index(number, shift));
            node = child ??= NewNode(shift - BitsPerLevel);
        }

        int word = Index(number, BitsPerLevel);
        if ((Leaf(node).Word(word) &= ~(1UL << Index(number, 0))) != 0)
        {
            return;
        }

        node.Free &= ~(1UL << word);
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
        /// <summary>Which children have a free number.</summary>
        public ulong Free = ulong.MaxValue;

        public bool IsFree(int index) => (Free >> index & 1) != 0;
    }

    private sealed class BranchNode : Node
    {
        private Children _children;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref Node? Child(int index) => ref _children[index];
    }

    private sealed class LeafNode : Node
    {
        private Words _words;

        public LeafNode() => ((Span<ulong>)_words).Fill(ulong.MaxValue);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ref ulong Word(int index) => ref _words[index];
    }
}
