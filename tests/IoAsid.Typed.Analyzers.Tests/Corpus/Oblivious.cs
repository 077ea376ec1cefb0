#nullable disable

namespace Corpus
{
    /// <summary>An older part, without nullable annotations.</summary>
    public class LegacyDriver
    {
        private readonly IoAsidSet<SvaBinding> sva;
        private readonly object gate = new object();
        private IoAsidReference<SvaBinding> current;

        public LegacyDriver(IoAsidSet<SvaBinding> sva)
        {
            this.sva = sva;
        }

        public int Users(RawIoAsid id)
        {
            SvaBinding binding;
            if (!sva.TryFind(id, out binding))
                return 0;
            return binding.Users;
        }

        public void Switch(RawIoAsid id)
        {
            lock (gate)
            {
                IoAsidReference<SvaBinding> next;
                if (!sva.TryHold(id, out next))
                    return;
                if (current != null)
                    current.Dispose();
                current = next;
            }
        }

        public string Current()
        {
            lock (gate)
                return current == null ? "none" : current.Data.GetType().Name;
        }
    }
}
