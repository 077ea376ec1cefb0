// A group of faults is on two lists, and each of them answers it.
sealed class TwoLists
{
    [AnsweredOnce]
    internal sealed class FaultGroup
    {
        [Answers]
        public void Respond()
        {
        }
    }

    public static void Flush(FaultGroup group)
    {
        group.Respond();
        group.Respond(); // IOASID4001
    }
}
