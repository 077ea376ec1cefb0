using System.Diagnostics;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// The lines of the operations in a trace. Slices of a line lie inside one another, so an operation is on the line of its parent, and an operation that overlaps another one is
/// on another line.
/// </summary>
internal sealed class OperationLanes(TraceWriter writer, TraceTracks tracks)
{
    // The slices of each line that have not ended, the innermost last.
    private readonly List<List<OperationSlice>> _lanes = [];

    /// <summary>Begins the slice of an operation.</summary>
    public void Begin(Activity operation, long time) => Open(operation, LaneOf(operation.Parent), time);

    /// <summary>Ends the slice of an operation. Operations inside it that have not ended continue on another line.</summary>
    public void End(Activity operation, long time)
    {
        int lane = LaneWith(operation);
        if (lane < 0)
            return;
        List<OperationSlice> open = _lanes[lane];
        OperationSlice[] ended = [.. open.SkipWhile(slice => slice.Operation != operation)];
        open.RemoveRange(open.Count - ended.Length, ended.Length);
        foreach (OperationSlice slice in ended.Reverse())
            writer.EndSlice(tracks.OfOperations(lane), slice, time);
        int next = FreeLane();
        foreach (OperationSlice slice in ended.Skip(1))
            Open(slice.Operation, next, time);
    }

    private void Open(Activity operation, int lane, long time)
    {
        OperationSlice slice = new(operation);
        _lanes[lane].Add(slice);
        writer.BeginSlice(tracks.OfOperations(lane), slice, time);
    }

    // Only the innermost slice of a line can get a slice inside it.
    private int LaneOf(Activity? parent)
    {
        int lane = parent is null ? -1 : _lanes.FindIndex(open => open.Count > 0 && open[^1].Operation == parent);
        return lane < 0 ? FreeLane() : lane;
    }

    private int LaneWith(Activity operation) => _lanes.FindIndex(open => open.Exists(slice => slice.Operation == operation));

    private int FreeLane()
    {
        int lane = _lanes.FindIndex(open => open.Count == 0);
        if (lane < 0)
        {
            lane = _lanes.Count;
            _lanes.Add([]);
        }

        return lane;
    }
}
