// A return is lost, so a part of a group is taken for the last.
sealed class LostReturn
{
    [AnsweredOnce]
    internal sealed class FaultGroup
    {
        public bool IsPartial { get; init; }

        [Answers]
        public void Respond()
        {
        }
    }

    public static void Report(FaultGroup group)
    {
        if (group.IsPartial)
            group.Respond();

        group.Respond(); // IOASID4001
    }
}
